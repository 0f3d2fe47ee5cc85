/// One captured connection as bookkeeping: who and where to, what it carried, and the one reason why it ended.
///
/// Values are immutable. [dev.culvert.ztunnel.connection.ConnectionEntry] and
/// [dev.culvert.ztunnel.connection.ConnectionTable] are confined to the event loop of their connections. Nothing here
/// makes a decision or touches a socket. It may use the mesh's model and telemetry and the wire contract; every
/// other package of the data path may use it.
@NullMarked
package dev.culvert.ztunnel.connection;

import org.jspecify.annotations.NullMarked;
