package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.resource.PeerAuthentication.Mode;
import java.util.HashMap;
import java.util.Map;

/// Decodes a PeerAuthentication.
final class PeerAuthenticationDecoder {
    private PeerAuthenticationDecoder() {}

    static PeerAuthentication decode(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        return new PeerAuthentication(
                metadata,
                spec.object("selector").textMap("matchLabels"),
                mode(spec.object("mtls")),
                portModes(spec.object("portLevelMtls")));
    }

    private static Map<Integer, Mode> portModes(Fields fields) {
        Map<Integer, Mode> modes = new HashMap<>();
        for (String text : fields.names()) {
            int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
            if (port < 1 || port > 65535) {
                throw fields.wrong(text, "a port from 1 to 65535 as the name of the field");
            }
            modes.put(port, mode(fields.object(text)));
        }
        return modes;
    }

    private static Mode mode(Fields mtls) {
        return mtls.choice("mode", Mode.class, Mode.UNSET);
    }
}
