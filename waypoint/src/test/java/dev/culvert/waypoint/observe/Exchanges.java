package dev.culvert.waypoint.observe;

import dev.culvert.api.SpiffeId;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.WorkloadInfo;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.net.InetSocketAddress;

/// Exchanges as tests need them.
final class Exchanges {
    private Exchanges() {}

    static ExchangeRecord answered(int status) {
        ExchangeRecord exchange = new ExchangeRecord(client(), "HTTP/1.1");
        DefaultHttpHeaders headers = new DefaultHttpHeaders();
        headers.add("User-Agent", "curl/8").add("x-request-id", "id-1");
        exchange.request = new RequestHead("GET", "http", "web:80", "/a?b=c", headers);
        exchange.originalTarget = "/a?b=c";
        exchange.responseHeaders = new DefaultHttpHeaders();
        exchange.status = status;
        exchange.serviceNamespace = "shop";
        exchange.serviceHostname = "web.shop.svc.cluster.local";
        exchange.serviceName = "web";
        exchange.cluster = "inbound-vip|80|http|web.shop.svc.cluster.local";
        exchange.upstreamWorkload = info("web-v1", "shop");
        exchange.upstreamIdentity = SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/web");
        exchange.upstreamHost = new InetSocketAddress("10.0.0.7", 8080);
        exchange.requestBytes = 3;
        exchange.responseBytes = 1024;
        exchange.requestEndNanos = exchange.startNanos + 1_000_000;
        exchange.upstreamHeadNanos = exchange.startNanos + 5_000_000;
        exchange.endNanos = exchange.startNanos + 7_000_000;
        return exchange;
    }

    static ExchangeRecord opaque() {
        return new ExchangeRecord(client(), "TCP");
    }

    static WorkloadInfo info(String name, String namespace) {
        return new WorkloadInfo(name, namespace, name, "v1", name, "v1", "Kubernetes", "deployment", name + "-x");
    }

    private static Client client() {
        return new Client(
                SpiffeId.parse("spiffe://cluster.local/ns/front/sa/ann"),
                new InetSocketAddress("10.0.0.9", 4000),
                new InetSocketAddress("10.96.0.1", 80),
                info("ann", "front"));
    }
}
