// swift-tools-version: 6.1
import PackageDescription

/// For modules where the time is spent in others: the binary has a limit to its size.
let small: [SwiftSetting] = [.unsafeFlags(["-Osize"], .when(configuration: .release))]

/// For modules that each request comes by: no two accesses to a variable are compared at run time.
let quick: [SwiftSetting] = [
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

/// The modules, lowest first; an import never points upwards and a service never imports a service.
let package = Package(
    name: "windtunnel",
    products: [.executable(name: "windtunnel", targets: ["windtunnel"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CEpoll"),
        .systemLibrary(name: "CCurl"),
        .systemLibrary(name: "CLink"),
        .systemLibrary(name: "CScan"),

        .target(name: "JSON"),
        .target(name: "EventPattern", dependencies: ["CScan", "JSON"]),
        .target(name: "InputTransformer", dependencies: ["JSON"]),
        .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: quick),
        .target(name: "HTTP", dependencies: ["CEpoll", "CZlib"], swiftSettings: quick),
        .target(name: "HTTPClient", dependencies: ["CCurl"], swiftSettings: small),
        .target(name: "Subprocess", swiftSettings: small),
        .target(name: "Deflate", dependencies: ["CZlib"]),
        .target(name: "ConfigFacts", dependencies: ["Deflate"], plugins: ["EmbedSchema"]),
        .target(name: "ConfigQuery", dependencies: ["ConfigFacts", "JSON"], swiftSettings: small),
        .target(name: "JavaRegex", dependencies: ["CPCRE2"]),
        .target(name: "YAML", dependencies: ["CYAML", "JSON"], swiftSettings: small),
        .target(name: "Guard", dependencies: ["CPCRE2", "JSON", "YAML"], swiftSettings: small),
        .target(name: "ScheduleExpression"),
        .target(name: "Model", dependencies: ["Deflate", "JSON", "JavaRegex"]),
        .target(name: "Wire", dependencies: ["HTTP", "JSON", "Model"]),
        .target(
            name: "Kernel",
            dependencies: [
                "Deflate", "HTTPClient", "JSON", "Model", "SQLite", "Subprocess",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: quick, plugins: ["EmbedSchema"]),

        .target(
            name: "SSM",
            dependencies: [
                "Deflate", "JavaRegex", "Kernel", "Model", "Subprocess", "YAML",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: small, plugins: ["EmbedSchema"]),
        .target(
            name: "Events",
            dependencies: ["EventPattern", "InputTransformer", "Kernel", "Model", "ScheduleExpression"],
            plugins: ["EmbedSchema"]),
        .target(
            name: "SNS",
            dependencies: [
                "EventPattern", "Kernel", "Model", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            plugins: ["EmbedSchema"]),
        .target(
            name: "SQS", dependencies: ["Kernel", "Model", .product(name: "Crypto", package: "swift-crypto")],
            plugins: ["EmbedSchema"]),
        .target(name: "STS", dependencies: ["Kernel", "Model"], swiftSettings: small, plugins: ["EmbedSchema"]),
        .target(
            name: "Config",
            dependencies: [
                "CZlib", "ConfigFacts", "ConfigQuery", "Deflate", "Guard", "JavaRegex", "Kernel", "Model", "YAML",
            ],
            swiftSettings: small, plugins: ["EmbedSchema"]),
        .target(
            name: "Scheduler", dependencies: ["Kernel", "Model", "ScheduleExpression"], swiftSettings: small,
            plugins: ["EmbedSchema"]),
        .target(
            name: "Pipes", dependencies: ["EventPattern", "InputTransformer", "Kernel", "Model"],
            swiftSettings: small, plugins: ["EmbedSchema"]),

        .target(
            name: "Gateway",
            dependencies: ["Guard", "HTTP", "Kernel", "Wire", .product(name: "Logging", package: "swift-log")]),
        .executableTarget(
            name: "windtunnel",
            dependencies: [
                "CLink", "Config", "Events", "Gateway", "Guard", "HTTPClient", "Pipes", "SNS", "SQS", "SSM", "STS",
                "Scheduler", "Subprocess", "YAML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: small,
            // At a fixed place: the tables of Swift's metadata need no relocation then, which takes 3 ms off a start, 1 MiB
            // off the idle process and more off the file.
            // Functions that came out the same are kept once, and nothing for libraries that would be loaded later.
            linkerSettings: [
                .unsafeFlags(
                    [
                        "-Xclang-linker", "-no-pie", "-use-ld=lld", "-Xlinker", "--icf=all", "-Xlinker",
                        "--no-export-dynamic", "-L.build/static",
                    ],
                    .when(configuration: .release))
            ]),

        .executableTarget(name: "SchemaTool", dependencies: ["CZlib", "JSON", "SQLite"]),
        .plugin(name: "EmbedSchema", capability: .buildTool(), dependencies: ["SchemaTool"]),

        .testTarget(name: "JSONTests", dependencies: ["JSON"]),
        .testTarget(name: "SQLiteTests", dependencies: ["SQLite"]),
        .testTarget(name: "EventPatternTests", dependencies: ["EventPattern", "PatternReference"]),
        .testTarget(name: "InputTransformerTests", dependencies: ["InputTransformer", "JSON"]),
        .testTarget(name: "ConfigFactsTests", dependencies: ["ConfigFacts"]),
        .testTarget(name: "ConfigQueryTests", dependencies: ["ConfigQuery", "JSON", "SQLite"]),
        .testTarget(name: "HTTPClientTests", dependencies: ["HTTPClient"]),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP"]),
        .testTarget(name: "JavaRegexTests", dependencies: ["JavaRegex"]),
        .testTarget(name: "GuardTests", dependencies: ["Guard", "JSON"]),
        .testTarget(name: "ScheduleExpressionTests", dependencies: ["ScheduleExpression"]),
        .testTarget(name: "YAMLTests", dependencies: ["JSON", "YAML"]),
        .testTarget(name: "ModelTests", dependencies: ["Model"]),
        .testTarget(name: "WireTests", dependencies: ["Wire"]),
        .testTarget(name: "KernelTests", dependencies: ["Kernel", "TestKernel"]),
        .testTarget(name: "EventsTests", dependencies: ["Events", "TestKernel"]),
        .testTarget(name: "SNSTests", dependencies: ["SNS"]),
        .testTarget(name: "SQSTests", dependencies: ["SQS", "TestKernel"]),
        .testTarget(name: "SSMTests", dependencies: ["SSM", "TestKernel"]),
        .testTarget(name: "STSTests", dependencies: ["STS", "TestKernel"]),
        .testTarget(name: "ConfigTests", dependencies: ["Config", "ConfigFacts", "Guard", "SNS", "SQS", "TestKernel"]),
        .testTarget(name: "SchedulerTests", dependencies: ["Scheduler", "SQS", "TestKernel"]),
        .testTarget(name: "PipesTests", dependencies: ["Events", "Pipes", "SNS", "SQS", "TestKernel"]),
        .testTarget(name: "GatewayTests", dependencies: ["Gateway", "SSM", "STS", "Scheduler"]),
        .target(name: "TestKernel", dependencies: ["JSON", "Kernel", "Model"], path: "Tests/TestKernel"),
        .target(name: "PatternReference", dependencies: ["JSON"], path: "Tests/PatternReference"),
        .executableTarget(
            name: "patternbench", dependencies: ["EventPattern", "PatternReference"],
            path: "Scripts/benchmark/patternbench"),
    ],
    swiftLanguageModes: [.v6]
)
