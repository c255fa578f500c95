// swift-tools-version: 6.3
import PackageDescription

let strictSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let strictCSettings: [CSetting] = [
    .enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error),
]

/// Programs in C are linked statically and without the Swift runtime: neither is there where they run.
let plainCLinking: [LinkerSetting] = [.unsafeFlags(["-static-executable", "-nostartfiles", "-Xlinker", "-s"])]

/// A program in Swift that runs in the sandbox, which shows `/usr` alone, brings Swift's libraries along. The compiler
/// names those that Foundation itself needs only where it was told the same, which a package can't tell the others. The
/// linker is the toolchain's own, since the system's warns of a function deep in Foundation.
let selfContainedLinking: [LinkerSetting] = [
    .unsafeFlags([
        "-static-stdlib", "-use-ld=lld", "-Xlinker", "-s", "-lCoreFoundation", "-l_FoundationCollections",
        "-l_FoundationICU", "-l_FoundationCShims", "-lswiftSynchronization", "-lstdc++",
    ])
]

let package = Package(
    name: "warrant",
    products: [
        .executable(name: "warrant", targets: ["CLI"]),
        .executable(name: "warrant-bench", targets: ["Benchmarks"]),
        .executable(name: "sandbox-helper", targets: ["sandbox-helper"]),
        .executable(name: "sandbox-sql", targets: ["QueryProgram"]),
    ],
    dependencies: [
        // CLI
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // WorkflowFormat
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // RunJournal, Databases
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Reports
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        // Supervisor: the server, and the values that its handlers take and give
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // PolicyEngine, RunJournal, ModelRuntime, Evaluation: SHA-256; Redaction: HMAC
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // SandboxExecution
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .target(name: "Tokens"),
        .target(name: "JSONSchemas"),
        .target(name: "Provenance"),
        .target(name: "WebAddresses"),
        .target(
            name: "Redaction", dependencies: ["JSONSchemas", .product(name: "Crypto", package: "swift-crypto")]),
        .target(name: "Documents"),
        .target(
            name: "WorkflowFormat",
            dependencies: ["JSONSchemas", "WebAddresses", .product(name: "Yams", package: "Yams")]),
        .target(name: "RepairGuides", dependencies: ["Documents", "JSONSchemas", "WorkflowFormat"]),
        .target(name: "TestDesign", dependencies: ["Documents"]),
        .target(name: "ConstrainedDecoding", dependencies: ["Tokens", "JSONSchemas"]),
        .systemLibrary(name: "CLlama", pkgConfig: "llama"),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(
            name: "HTTPTransfer", dependencies: ["CCurl", "WebAddresses"]),
        .target(
            name: "ModelRuntime",
            dependencies: [
                "CLlama", "Tokens", "HTTPTransfer", "JSONSchemas", "WebAddresses",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "Planning",
            dependencies: [
                "ModelRuntime", "Tokens", "ConstrainedDecoding", "Documents", "JSONSchemas", "WorkflowFormat",
                "Provenance",
            ]),
        .target(
            name: "PolicyEngine",
            dependencies: [
                "WorkflowFormat", "JSONSchemas", "Provenance", "WebAddresses",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "FlowAnalysis",
            dependencies: ["PolicyEngine", "WorkflowFormat", "JSONSchemas", "Provenance", "WebAddresses"]),
        .target(
            name: "PolicyReplay", dependencies: ["PolicyEngine", "WorkflowFormat", "JSONSchemas", "Provenance"]),
        .systemLibrary(name: "CKernelCalls"),
        .systemLibrary(
            name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .executableTarget(
            name: "sandbox-helper", dependencies: ["CSeccomp"], path: "Sandbox/helper", cSettings: strictCSettings,
            linkerSettings: plainCLinking),
        .target(
            name: "SandboxExecution",
            dependencies: [
                "CKernelCalls",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(
            name: "Databases",
            dependencies: ["JSONSchemas", .product(name: "GRDB", package: "GRDB.swift")]),
        .executableTarget(
            name: "QueryProgram", dependencies: ["Databases"], linkerSettings: selfContainedLinking),
        .target(
            name: "IssueTracking",
            dependencies: ["Databases", "HTTPTransfer", "WebAddresses", "WorkflowFormat", "JSONSchemas"]),
        .target(
            name: "ToolExecution",
            dependencies: [
                "PolicyEngine", "SandboxExecution", "Databases", "IssueTracking", "HTTPTransfer", "WebAddresses",
                "RepairGuides", "TestDesign", "WorkflowFormat", "JSONSchemas", "Provenance",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "Reports",
            dependencies: ["JSONSchemas", .product(name: "Mustache", package: "swift-mustache")]),
        .target(
            name: "RunJournal",
            dependencies: [
                "PolicyEngine", "WorkflowFormat", "JSONSchemas", "Provenance", "Redaction",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "Orchestration",
            dependencies: [
                "Planning", "ModelRuntime", "ConstrainedDecoding", "WorkflowFormat", "JSONSchemas", "Provenance",
                "PolicyEngine", "FlowAnalysis", "ToolExecution", "SandboxExecution", "Databases", "IssueTracking",
                "Documents",
                "Redaction",
                "Reports",
                "RunJournal",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "Evaluation",
            dependencies: [
                "Reports", "RunJournal", "WorkflowFormat", "JSONSchemas",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "Supervisor",
            dependencies: [
                "RunJournal", "PolicyEngine", "Reports", "WorkflowFormat", "JSONSchemas", "Provenance",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [.embedInCode("Pages/Assets"), .embedInCode("Interface")]),
        .executableTarget(
            name: "CLI",
            dependencies: [
                "Orchestration", "Evaluation", "Supervisor", "Reports", "ModelRuntime", "SandboxExecution",
                "RunJournal",
                "WorkflowFormat", "JSONSchemas", "PolicyEngine", "PolicyReplay", "FlowAnalysis", "Provenance",
                "Databases",
                "ToolExecution", "Planning", "Redaction",
                "IssueTracking",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "ModelRuntime", "ConstrainedDecoding", "Tokens", "JSONSchemas", "CLlama", "Planning", "WorkflowFormat",
                "SandboxExecution", "Provenance", "PolicyEngine", "Redaction", "RunJournal", "HTTPTransfer",
                "TestSupport", "KillTrials",
            ]),
        // What the sandbox's tests run in it: attacks that have to fail.
        .executableTarget(
            name: "sandbox-probe", path: "Sandbox/probe", cSettings: strictCSettings,
            linkerSettings: plainCLinking),
        // A SQLite VFS for tests of power cuts.
        .target(
            name: "LossyStorage", path: "Tests/LossyStorage", cSettings: strictCSettings,
            linkerSettings: [.linkedLibrary("sqlite3")]),
        // Counts what is asked of `malloc`, for a test that nothing is.
        .target(name: "AllocationCount", path: "Tests/AllocationCount", cSettings: strictCSettings),
        .target(
            name: "TestSupport", dependencies: ["JSONSchemas", "LossyStorage"], path: "Tests/TestSupport"),
        // Runs that are killed and resumed, for a test and for the long form of it in `warrant-bench`.
        .target(
            name: "KillTrials",
            dependencies: ["TestSupport", "JSONSchemas", "PolicyEngine", "RunJournal", "Databases"],
            path: "Tests/KillTrials"),
        // One life of a run that dies at a given place.
        .executableTarget(
            name: "CrashDriver",
            dependencies: [
                "Orchestration", "RunJournal", "PolicyEngine", "ToolExecution", "SandboxExecution", "WorkflowFormat",
                "Databases",
            ], path: "Tests/CrashDriver"),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17
)

/// The rooms whose tests need nothing beyond the room itself, what it works on, and `TestSupport`.
let testedRooms: [String: [Target.Dependency]] = [
    "Tokens": [],
    "JSONSchemas": [],
    "Provenance": [],
    "Documents": [],
    "Redaction": ["JSONSchemas"],
    "RepairGuides": ["JSONSchemas", "WorkflowFormat"],
    "TestDesign": [],
    "WorkflowFormat": ["JSONSchemas", "WebAddresses"],
    "ConstrainedDecoding": ["Tokens", "JSONSchemas", "AllocationCount"],
    "WebAddresses": [],
    "HTTPTransfer": ["WebAddresses"],
    "IssueTracking": ["Databases", "HTTPTransfer", "WebAddresses", "WorkflowFormat", "JSONSchemas"],
    "ModelRuntime": ["Tokens", "JSONSchemas", "HTTPTransfer"],
    "Planning": [
        "ModelRuntime", "Tokens", "ConstrainedDecoding", "Documents", "JSONSchemas", "WorkflowFormat", "Provenance",
    ],
    "PolicyEngine": ["WorkflowFormat", "JSONSchemas", "Provenance", "WebAddresses"],
    "FlowAnalysis": ["WorkflowFormat", "JSONSchemas"],
    "PolicyReplay": ["PolicyEngine", "WorkflowFormat", "JSONSchemas", "Provenance"],
    "SandboxExecution": [],
    "Databases": ["JSONSchemas", .product(name: "GRDB", package: "GRDB.swift")],
    "ToolExecution": [
        "PolicyEngine", "SandboxExecution", "Databases", "IssueTracking", "WorkflowFormat", "JSONSchemas", "Provenance",
        "WebAddresses", .product(name: "GRDB", package: "GRDB.swift"),
    ],
    "Reports": ["JSONSchemas"],
    "RunJournal": [
        "PolicyEngine", "WorkflowFormat", "JSONSchemas", "Provenance", "Redaction",
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Crypto", package: "swift-crypto"),
    ],
    "Evaluation": ["WorkflowFormat", "JSONSchemas", "Reports", "RunJournal"],
    "Supervisor": ["RunJournal", "PolicyEngine", "Reports", "WorkflowFormat", "JSONSchemas", "Provenance"],
    "Orchestration": [
        "Planning", "ModelRuntime", "ConstrainedDecoding", "WorkflowFormat", "JSONSchemas", "Provenance",
        "PolicyEngine", "ToolExecution", "SandboxExecution", "Databases", "IssueTracking", "Reports", "RunJournal",
        "Redaction",
    ],
]
for (room, others) in testedRooms.sorted(by: { $0.key < $1.key }) {
    package.targets.append(
        .testTarget(
            name: "\(room)Tests", dependencies: [.byName(name: room), "TestSupport"] + others,
            exclude: room == "SandboxExecution" ? [] : []))
}
package.targets += [
    .testTarget(
        name: "EndToEndTests",
        dependencies: [
            "TestSupport", "KillTrials", "JSONSchemas", "PolicyEngine", "RunJournal", "Databases", "CrashDriver", "CLI",
        ],
        exclude: ["Fixtures"]),
    .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"]),
]
for target in package.targets where target.type != .system {
    target.swiftSettings = strictSettings
}
