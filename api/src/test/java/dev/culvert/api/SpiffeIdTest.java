package dev.culvert.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeIdTest {
    @Test
    void parsesAndPrintsTheSameUri() {
        SpiffeId id = SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/cart");
        assertThat(id).isEqualTo(new SpiffeId("cluster.local", "shop", "cart"));
        assertThat(id).hasToString("spiffe://cluster.local/ns/shop/sa/cart");
        assertThat(id.principal()).isEqualTo("cluster.local/ns/shop/sa/cart");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "spiffe://",
                "http://cluster.local/ns/a/sa/b",
                "spiffe://cluster.local/ns/a/sa",
                "spiffe://cluster.local/ns/a/sa/",
                "spiffe://cluster.local/ns//sa/b",
                "spiffe:///ns/a/sa/b",
                "spiffe://cluster.local/ns/a/sa/b/c",
                "spiffe://cluster.local/namespace/a/sa/b",
                "spiffe://cluster.local/ns/a/account/b",
                "spiffe://cluster.local/ns/a\u0000/sa/b",
                "SPIFFE://cluster.local/ns/a/sa/b"
            })
    void refusesWhatIsNotOfTheForm(String uri) {
        assertThat(SpiffeId.tryParse(uri)).isNull();
        assertThatThrownBy(() -> SpiffeId.parse(uri)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void saysWhichPartIsWrong() {
        assertThatThrownBy(() -> new SpiffeId("td", "a/b", "c")).hasMessageContaining("namespace is 'a/b'");
    }
}
