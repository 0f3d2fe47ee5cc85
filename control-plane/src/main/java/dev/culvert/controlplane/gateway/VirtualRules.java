package dev.culvert.controlplane.gateway;

import com.google.protobuf.ByteString;
import dev.culvert.api.waypoint.Backend;
import dev.culvert.api.waypoint.DirectResponse;
import dev.culvert.api.waypoint.Filter;
import dev.culvert.api.waypoint.HttpMatch;
import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.api.waypoint.Mirror;
import dev.culvert.api.waypoint.Redirect;
import dev.culvert.kube.resource.VirtualService;
import dev.culvert.kube.resource.VirtualService.Action;
import dev.culvert.kube.resource.VirtualService.Body;
import dev.culvert.kube.resource.VirtualService.Destination;
import dev.culvert.kube.resource.VirtualService.RedirectPort;
import dev.culvert.kube.resource.VirtualService.Target;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Makes the rules of VirtualServices for one port of a service. Pure but for the services it asks for.
///
/// @param namespace in which short hosts are read
/// @param port      of the service
record VirtualRules(HostNames hosts, String namespace, int port) {
    /// The message of one rule.
    HttpRule of(VirtualDelegates.Flat flat, List<HttpMatch> matches) {
        VirtualService.HttpRule rule = flat.rule();
        HttpRule.Builder built = HttpRule.newBuilder().setName(flat.name()).addAllMatches(matches);
        if (!flat.problem().isEmpty()) {
            return built.addFilters(Filter.newBuilder().setUnsupported(flat.problem()))
                    .build();
        }
        if (rule.cors() != null) {
            built.addFilters(Filter.newBuilder().setCors(VirtualFilters.cors(rule.cors())));
        }
        built.addAllFilters(VirtualFilters.headers(rule.headers())).addAllFilters(VirtualFilters.rewrite(rule));
        rule.mirrors().forEach(mirror -> built.addFilters(mirror(mirror)));
        switch (rule.action()) {
            case Action.Forward(List<Target> targets) -> built.addAllBackends(backends(targets));
            case Action.Redirect redirect -> built.addFilters(redirect(redirect));
            case Action.Respond respond -> built.addFilters(respond(respond));
            case Action.Delegate _ -> throw new IllegalStateException("a delegation is left in " + flat.name());
        }
        if (rule.timeout() != null) {
            built.setRequestTimeout(Durations.of(rule.timeout()));
        }
        if (rule.retries() != null) {
            built.setRetry(VirtualFilters.retry(rule.retries()));
        }
        return VirtualFilters.withFault(built, rule.fault()).build();
    }

    /// The messages of destinations with their shares.
    List<Backend> backends(List<Target> targets) {
        List<Backend> backends = new ArrayList<>();
        for (Target target : targets) {
            Backend backend = backend(target.destination()).toBuilder()
                    .setWeight(target.weight())
                    .addAllFilters(VirtualFilters.headers(target.headers()))
                    .build();
            if (backend.getWeight() > 0 || backend.getInvalid().isEmpty()) {
                backends.add(backend);
            }
        }
        return backends;
    }

    /// Without a port it is the only one of the service, or else the one that was called.
    private Backend backend(Destination destination) {
        Backend.Builder built = Backend.newBuilder().setSubset(destination.subset());
        MeshService found = hosts.find(destination.host(), namespace);
        if (found == null) {
            return built.setInvalid("there is no service " + destination.host()).build();
        }
        int wanted = destination.port();
        if (wanted == 0) {
            wanted = found.message().getPortsCount() == 1
                    ? found.message().getPorts(0).getServicePort()
                    : port;
        }
        if (found.port(wanted) == null) {
            String problem = "service " + destination.host() + " has no port " + wanted;
            return built.setPort(wanted).setInvalid(problem).build();
        }
        return built.setPort(wanted).setCluster(found.name()).build();
    }

    private Filter mirror(VirtualService.Mirror mirror) {
        return Filter.newBuilder()
                .setMirror(Mirror.newBuilder()
                        .setBackend(backend(mirror.destination()))
                        .setPerMillion(VirtualFilters.perMillion(mirror.percent())))
                .build();
    }

    private Filter redirect(Action.Redirect redirect) {
        Redirect.Builder built =
                Redirect.newBuilder().setScheme(redirect.scheme()).setStatus(redirect.statusCode());
        built.setPort(
                switch (redirect.port()) {
                    case RedirectPort.OfScheme() -> 0;
                    case RedirectPort.OfRequest() -> port;
                    case RedirectPort.Fixed(int fixed) -> fixed;
                });
        setAuthority(built, redirect.authority());
        var path = FilterMessages.path(redirect.path());
        return Filter.newBuilder()
                .setRedirect(path == null ? built : built.setPath(path))
                .build();
    }

    /// An authority may bring a port of its own.
    private static void setAuthority(Redirect.Builder redirect, String authority) {
        int colon = authority.lastIndexOf(':');
        String after = authority.substring(colon + 1);
        boolean own = colon > authority.indexOf(']') && after.matches("[0-9]{1,5}") && !after.equals("0");
        redirect.setHostname(own ? authority.substring(0, colon) : authority);
        if (own && redirect.getPort() == 0) {
            redirect.setPort(Integer.parseInt(after));
        }
    }

    private static Filter respond(Action.Respond respond) {
        ByteString body = switch (respond.body()) {
            case Body.Text(String text) -> ByteString.copyFromUtf8(text);
            case Body.Base64(String encoded) ->
                ByteString.copyFrom(Base64.getDecoder().decode(encoded));
        };
        return Filter.newBuilder()
                .setRespond(DirectResponse.newBuilder()
                        .setStatus(respond.statusCode())
                        .setBody(body))
                .build();
    }
}
