package dev.culvert.controlplane.ca;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/// The names and addresses under which proxies reach the control plane, and which its certificate
/// carries. Immutable.
///
/// @param dns host names
/// @param addresses IPv4 and IPv6 literals
public record ServerNames(List<String> dns, List<String> addresses) {
    private static final Pattern DNS = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    public ServerNames {
        dns = List.copyOf(dns);
        addresses = List.copyOf(addresses);
    }

    /// Istio's names of the service in `namespace`, ours, `localhost`, and whatever `configured`
    /// adds.
    ///
    /// @throws IllegalArgumentException naming an entry of `configured` that is neither host name
    ///     nor address
    public static ServerNames of(String namespace, List<String> configured) {
        Set<String> dns = new LinkedHashSet<>();
        for (String service : List.of("istiod", "culvert-control-plane", "istiod-remote", "istio-pilot")) {
            dns.add(service + "." + namespace + ".svc");
            dns.add(service + "." + namespace + ".svc.cluster.local");
            dns.add(service + "." + namespace);
        }
        dns.add("culvert-control-plane");
        dns.add("localhost");
        Set<String> addresses = new LinkedHashSet<>(List.of("127.0.0.1", "::1"));
        for (String entry : configured) {
            if (entry.indexOf(':') >= 0 || IPV4.matcher(entry).matches()) {
                addresses.add(address(entry));
            } else if (DNS.matcher(entry).matches()) {
                dns.add(entry);
            } else {
                throw new IllegalArgumentException("'" + entry + "' is neither a host name nor an address");
            }
        }
        return new ServerNames(new ArrayList<>(dns), new ArrayList<>(addresses));
    }

    private static String address(String literal) {
        if (!org.bouncycastle.util.IPAddress.isValid(literal)) {
            throw new IllegalArgumentException("'" + literal + "' is no IP address");
        }
        return literal;
    }

    GeneralNames generalNames() {
        List<GeneralName> names = new ArrayList<>();
        dns.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
        addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address)));
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }
}
