/// The import table of the house style, section 1: which module each room may see.
///
/// A change here is a change of the architecture, and belongs in the same commit as its reason.
enum ImportTable {
    /// The modules of the project and of its packages that a room may import.
    static let allowed: [String: Set<String>] = [
        "Tokens": [],
        "JSONSchemas": [],
        "Provenance": [],
        "WebAddresses": [],
        "Documents": [],
        "Redaction": ["JSONSchemas", "Crypto"],
        "RepairGuides": ["Documents", "JSONSchemas", "WorkflowFormat"],
        "TestDesign": ["Documents"],
        "WorkflowFormat": ["JSONSchemas", "WebAddresses", "Yams"],
        "ConstrainedDecoding": ["Tokens", "JSONSchemas"],
        "HTTPTransfer": ["CCurl", "WebAddresses"],
        "ModelRuntime": ["CLlama", "Tokens", "HTTPTransfer", "JSONSchemas", "WebAddresses", "Crypto"],
        "Planning": [
            "ModelRuntime", "Tokens", "ConstrainedDecoding", "Documents", "JSONSchemas", "WorkflowFormat", "Provenance",
        ],
        "PolicyEngine": ["WorkflowFormat", "JSONSchemas", "Provenance", "WebAddresses", "Crypto"],
        "FlowAnalysis": ["PolicyEngine", "WorkflowFormat", "JSONSchemas", "Provenance", "WebAddresses"],
        "PolicyReplay": ["PolicyEngine", "WorkflowFormat", "JSONSchemas", "Provenance"],
        "SandboxExecution": ["Subprocess", "SystemPackage", "CKernelCalls"],
        "Databases": ["JSONSchemas", "GRDB", "GRDBSQLite"],
        "QueryProgram": ["Databases"],
        "IssueTracking": ["Databases", "HTTPTransfer", "WebAddresses", "WorkflowFormat", "JSONSchemas"],
        "ToolExecution": [
            "PolicyEngine", "SandboxExecution", "HTTPTransfer", "Databases", "IssueTracking", "RepairGuides",
            "TestDesign", "WorkflowFormat", "JSONSchemas", "Provenance", "WebAddresses", "Crypto",
        ],
        "Reports": ["JSONSchemas", "Mustache"],
        "RunJournal": [
            "PolicyEngine", "WorkflowFormat", "JSONSchemas", "Provenance", "Redaction", "GRDB", "GRDBSQLite", "Crypto",
        ],
        "Orchestration": rooms.union(["Crypto"]),
        "Evaluation": ["Reports", "RunJournal", "WorkflowFormat", "JSONSchemas", "Crypto"],
        "Supervisor": [
            "RunJournal", "PolicyEngine", "Reports", "WorkflowFormat", "JSONSchemas", "Provenance", "Hummingbird",
            "HummingbirdCore", "NIOCore", "NIOHTTPTypes", "HTTPTypes", "Logging",
        ],
        "CLI": rooms.union(["Orchestration", "Evaluation", "Supervisor", "ArgumentParser"]),
        "Benchmarks": rooms.union(["CLlama", "HTTPTransfer", "TestSupport", "KillTrials"]),
    ]

    /// The rooms that executables and the step loop may put together.
    private static let rooms: Set<String> = [
        "Planning", "ModelRuntime", "ConstrainedDecoding", "Tokens", "WorkflowFormat", "JSONSchemas",
        "Provenance", "Documents",
        "PolicyEngine", "PolicyReplay", "FlowAnalysis", "ToolExecution", "SandboxExecution", "Databases",
        "IssueTracking", "Reports",
        "Redaction", "RunJournal",
    ]

    /// Modules that come with the toolchain. A room that does no I/O gets only the first kind.
    static let standard: Set<String> = ["Swift", "Synchronization"]
    static let platform: Set<String> = ["Glibc", "Musl", "Foundation", "FoundationEssentials", "Dispatch"]

    /// Rooms without I/O, clock and randomness.
    static let pure: Set<String> = [
        "Tokens", "JSONSchemas", "Provenance", "WebAddresses", "ConstrainedDecoding", "PolicyEngine", "Documents",
        "FlowAnalysis", "RepairGuides", "TestDesign", "Redaction",
    ]

    /// One library, one room: who alone may import a module, wherever else the table might allow it.
    static let owners: [String: Set<String>] = [
        "CLlama": ["ModelRuntime", "Benchmarks"],
        "CCurl": ["HTTPTransfer"],
        "CKernelCalls": ["SandboxExecution"],
        "CSeccomp": [],
        "GRDB": ["Databases", "RunJournal"],
        "GRDBSQLite": ["Databases", "RunJournal"],
        "Subprocess": ["SandboxExecution"],
        "Yams": ["WorkflowFormat"],
        "Mustache": ["Reports"],
        "ArgumentParser": ["CLI"],
        "Hummingbird": ["Supervisor"],
        "HummingbirdCore": ["Supervisor"],
        "NIOCore": ["Supervisor"],
        "NIOHTTPTypes": ["Supervisor"],
        "HTTPTypes": ["Supervisor"],
        "Logging": ["Supervisor"],
    ]

    /// Folders of `Sources` that hold a C module and no Swift.
    static let systemModules: Set<String> = ["CLlama", "CCurl", "CKernelCalls", "CSeccomp"]

    /// Programs in C, outside of `Sources`.
    static let programs = ["sandbox-helper": "Sandbox/helper", "sandbox-probe": "Sandbox/probe"]

    /// Names that say nothing about what happens in a room.
    static let emptyNames: Set<String> = ["Core", "Utils", "Common", "Helpers", "Shared"]
}
