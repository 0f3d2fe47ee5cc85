package dev.culvert.waypoint;

import dev.culvert.waypoint.policy.PolicyObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the log of judgements that an operator may want to see. Thread-safe.
final class PolicyLog implements PolicyObserver {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyLog.class);

    @Override
    public void watched(Watched outcome) {
        LOG.atDebug()
                .addKeyValue("policy", outcome.policy())
                .addKeyValue("action", outcome.action())
                .addKeyValue("matched", outcome.matched())
                .addKeyValue("dry_run", outcome.dryRun())
                .log("policy judged without effect");
    }

    @Override
    public void authorizerFailed(String provider, String why, boolean admitted) {
        LOG.atWarn()
                .addKeyValue("provider", provider)
                .addKeyValue("reason", why)
                .addKeyValue("admitted", admitted)
                .log("external authorizer gave no usable answer");
    }

    @Override
    public void tokenRefused(String why) {
        LOG.atDebug().addKeyValue("reason", why).log("token refused");
    }

    @Override
    public void refused(String policy, String rule) {
        LOG.atDebug().addKeyValue("policy", policy).addKeyValue("rule", rule).log("refused by policy");
    }
}
