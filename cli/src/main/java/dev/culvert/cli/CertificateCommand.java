package dev.culvert.cli;

import dev.culvert.api.SpiffeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/// `culvert certificate`: the certificates that a proxy holds. Confined to the main thread.
@Command(
        name = "certificate",
        aliases = "certificates",
        description = "Show the certificates that a proxy holds; NAME is the identity.")
final class CertificateCommand extends DumpCommand {
    CertificateCommand() {
        super("certificates", List.of("IDENTITY", "TYPE", "STATE", "SERIAL", "NOT BEFORE", "NOT AFTER"));
    }

    @Override
    List<List<String>> rows(Map<String, Object> entry) {
        List<List<String>> rows = new ArrayList<>();
        List<Object> chain = Json.list(entry.get("certChain"));
        for (int i = 0; i < chain.size(); i++) {
            rows.add(row(entry, i == 0 ? "leaf" : "intermediate", Json.map(chain.get(i))));
        }
        for (Object root : Json.list(entry.get("rootCerts"))) {
            rows.add(row(entry, "root", Json.map(root)));
        }
        if (rows.isEmpty()) {
            rows.add(row(entry, "-", Map.of()));
        }
        return rows;
    }

    @Override
    String namespaceOf(Map<String, Object> entry) {
        SpiffeId id = SpiffeId.tryParse(nameOf(entry));
        return id == null ? "-" : id.namespace();
    }

    @Override
    String nameOf(Map<String, Object> entry) {
        return Json.text(entry, "identity");
    }

    private static List<String> row(Map<String, Object> entry, String type, Map<String, Object> certificate) {
        return List.of(
                Json.text(entry, "identity"),
                type,
                Json.text(entry, "state"),
                Json.text(certificate, "serialNumber"),
                Json.text(certificate, "validFrom"),
                Json.text(certificate, "expirationTime"));
    }
}
