package dev.culvert.ztunnel.inpod;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.culvert.api.zds.AddWorkload;
import dev.culvert.api.zds.WorkloadInfo;
import dev.culvert.api.zds.WorkloadRequest;
import dev.culvert.linux.Fd;
import dev.culvert.linux.LinuxException;
import dev.culvert.linux.Netns;
import dev.culvert.linux.Received;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.ztunnel.pod.PodEvent;
import java.util.List;

/// Reads the node agent's messages. Immutable, without state.
final class ZdsDecoder {
    /// What a message turned out to be.
    sealed interface Decoded {
        /// Something about a pod.
        record Event(PodEvent event) implements Decoded {}

        /// Not readable; the stream is out of step, and a new one may do better.
        record Malformed(String why) implements Decoded {}

        /// Readable, and against the protocol.
        record Violation(String why) implements Decoded {}
    }

    private ZdsDecoder() {}

    /// Reads `packet` and takes over its descriptors: one goes into an [PodEvent.Add], all others are closed.
    static Decoded decode(Received.Packet packet) {
        WorkloadRequest request;
        try {
            request = WorkloadRequest.parseFrom(packet.bytes());
        } catch (InvalidProtocolBufferException e) {
            packet.closeDescriptors();
            return new Decoded.Malformed("not a WorkloadRequest: " + e.getMessage());
        }
        if (request.getPayloadCase() == WorkloadRequest.PayloadCase.ADD) {
            return add(request.getAdd(), packet.descriptors());
        }
        packet.closeDescriptors();
        if (!packet.descriptors().isEmpty()) {
            return new Decoded.Malformed("a descriptor came with a message that takes none");
        }
        return switch (request.getPayloadCase()) {
            case ADD -> throw new IllegalStateException("told apart above");
            case DEL -> new Decoded.Event(new PodEvent.Del(request.getDel().getUid()));
            case KEEP -> new Decoded.Event(new PodEvent.Keep(request.getKeep().getUid()));
            case SNAPSHOT_SENT -> new Decoded.Event(new PodEvent.SnapshotSent());
            case PAYLOAD_NOT_SET -> new Decoded.Malformed("a WorkloadRequest without payload, or with an unknown one");
        };
    }

    private static Decoded add(AddWorkload add, List<Fd> descriptors) {
        if (descriptors.size() != 1 || !add.hasWorkloadInfo()) {
            descriptors.forEach(Fd::close);
            return descriptors.size() == 1
                    ? new Decoded.Violation("pod " + add.getUid() + " was added without workload_info")
                    : new Decoded.Malformed("pod " + add.getUid() + " was added with " + descriptors.size()
                            + " descriptors; expected its network namespace alone");
        }
        WorkloadInfo info = add.getWorkloadInfo();
        WorkloadName name = new WorkloadName(info.getNamespace(), info.getName(), info.getServiceAccount());
        try {
            return new Decoded.Event(new PodEvent.Add(add.getUid(), name, Netns.own(descriptors.getFirst())));
        } catch (LinuxException e) {
            return new Decoded.Malformed("the network namespace of pod " + add.getUid() + ": " + e.getMessage());
        }
    }
}
