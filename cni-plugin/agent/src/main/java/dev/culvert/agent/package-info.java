/// The node agent: enrols this node's pods, writes their traffic rules, and tells the node proxy of
/// them.
///
/// Here is the assembly only; each part says which thread it is for. It may use every package below
/// it.
@NullMarked
package dev.culvert.agent;

import org.jspecify.annotations.NullMarked;
