package dev.culvert.arch;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/// The product's classes, read once for all rules; test support and tests are left out.
final class Classes {
    static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/testkit/") && !location.contains("culvert-testkit"))
            .withImportOption(location -> !location.contains("/arch/") && !location.contains("/tests/"))
            .importPackages("dev.culvert");

    private Classes() {}
}
