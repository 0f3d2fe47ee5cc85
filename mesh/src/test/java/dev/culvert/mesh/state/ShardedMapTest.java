package dev.culvert.mesh.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardedMapTest {
    @Test
    void behavesLikeAMapAndLeavesOlderVersionsAlone() {
        Random random = new Random(42);
        ShardedMap<String, Integer> map = ShardedMap.empty();
        Map<String, Integer> model = new HashMap<>();
        for (int version = 0; version < 200; version++) {
            ShardedMap<String, Integer> before = map;
            Map<String, Integer> modelBefore = Map.copyOf(model);
            ShardedMap.Editor<String, Integer> editor = map.edit();
            for (int i = random.nextInt(200); i > 0; i--) {
                String key = "k" + random.nextInt(5000);
                if (random.nextInt(3) == 0) {
                    editor.remove(key);
                    model.remove(key);
                } else {
                    editor.put(key, i);
                    model.put(key, i);
                }
                assertThat(editor.get(key)).isEqualTo(model.get(key));
            }
            map = editor.build();
            assertThat(contents(map)).isEqualTo(model);
            assertThat(map.size()).isEqualTo(model.size());
            assertThat(contents(before)).isEqualTo(modelBefore);
        }
        for (int i = 0; i < 5000; i++) {
            assertThat(map.get("k" + i)).isEqualTo(model.get("k" + i));
        }
    }

    @Test
    void isItselfWhenNothingChanges() {
        ShardedMap.Editor<String, Integer> editor =
                ShardedMap.<String, Integer>empty().edit();
        editor.put("a", 1);
        ShardedMap<String, Integer> map = editor.build();
        ShardedMap.Editor<String, Integer> idle = map.edit();
        idle.remove("absent");
        assertThat(idle.build()).isSameAs(map);
    }

    @Test
    void holdsKeysOfEqualHash() {
        record Clash(int value) {
            @Override
            public int hashCode() {
                return 7;
            }
        }
        ShardedMap.Editor<Clash, Integer> editor =
                ShardedMap.<Clash, Integer>empty().edit();
        for (int i = 0; i < 100; i++) {
            editor.put(new Clash(i), i);
        }
        ShardedMap<Clash, Integer> map = editor.build();
        for (int i = 0; i < 100; i++) {
            assertThat(map.get(new Clash(i))).isEqualTo(i);
        }
        assertThat(map.get(new Clash(100))).isNull();
    }

    private static <K, V> Map<K, V> contents(ShardedMap<K, V> map) {
        Map<K, V> contents = new HashMap<>();
        map.forEach(contents::put);
        return contents;
    }
}
