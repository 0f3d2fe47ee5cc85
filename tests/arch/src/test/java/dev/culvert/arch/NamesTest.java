package dev.culvert.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Names that refuse what does not belong: rule 1 of docs/style.md; and no nulls unsaid: rule 8.
class NamesTest {
    private static final JavaClasses CLASSES = Classes.OURS;

    @Test
    void noDrawerClasses() {
        noClasses()
                .that()
                .areNotAssignableTo("javax.net.ssl.TrustManager")
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .check(CLASSES);
    }

    @Test
    void noDrawerPackages() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..utils..", "..common..", "..impl..", "..core..", "..helpers..")
                .check(CLASSES);
    }

    @Test
    void everyPackageOfOursIsNullMarked() {
        TreeSet<String> unmarked = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            String name = type.getPackageName();
            boolean generated = name.matches("dev\\.culvert\\.api\\.[a-z]+");
            boolean library = name.startsWith("dev.culvert.plugin");
            boolean marked = type.getPackage()
                    .tryGetPackageInfo()
                    .map(info -> info.isAnnotatedWith("org.jspecify.annotations.NullMarked"))
                    .orElse(false);
            if (!generated && !library && !marked) {
                unmarked.add(name);
            }
        }
        assertThat(unmarked).isEmpty();
    }
}
