/// What a sandboxed command may see, and how much of everything it may use.
///
/// Every profile has no network, a read-only system, an empty private `/tmp`, its own process, user, IPC and
/// host-name namespaces and no capabilities. A profile only chooses what of the host is visible, what becomes of the
/// workspace's copy, and the limits.
public struct SandboxProfile: Hashable, Sendable {
    /// The profile's name, for messages and records.
    public var name: String

    /// The host folder of which the command gets a copy at `/workspace`, where it starts. Without one it starts in the
    /// empty `/tmp`. The folder itself is never shown.
    public var workingDirectory: String?

    /// What the command may do to its copy, and what becomes of it.
    public var workspaceAccess: WorkspaceAccess

    /// Whether the command's own network, which leads nowhere, may be used between its own processes.
    public var network: Network

    /// Further host paths shown read-only at the same place. `/usr` is always there.
    ///
    /// The file system's root, whole home folders, `/run`, `/proc`, `/sys` and `/dev` are refused.
    public var readOnlyPaths: [String]

    /// The longest a command may take, in real time, before its whole process tree is killed.
    public var wallLimit: Duration

    /// The most processor time that all processes may use together, and each one rounded up to whole seconds.
    public var cpuLimit: Duration

    /// How many bytes of each output stream are kept: three quarters from the start, the rest from the end.
    public var outputByteLimit: Int

    /// The command is killed when it has written more than this many bytes to both streams together.
    public var outputKillByteLimit: Int

    /// The most memory in bytes that all processes may use together, `/tmp` and the workspace counted.
    public var memoryByteLimit: Int

    /// The size of the private `/tmp` in bytes.
    public var tmpByteLimit: Int

    /// The size in bytes that the copy of the workspace may have and grow to.
    public var workspaceByteLimit: Int

    /// How many files, folders and links the workspace may hold.
    public var workspaceEntryLimit: Int

    /// The size of the largest single file; nil for that of `/tmp`.
    public var fileByteLimit: Int?

    /// How many descriptors one process may have open.
    public var openFileLimit: Int

    /// How many processes and threads the command may have at a time, two of the sandbox's own counted.
    public var processLimit: Int

    /// What bounds memory and processes.
    public var enforcement: Enforcement

    /// Whether a kernel without Landlock 4 will do.
    public var landlock: Requirement

    /// Creates a profile; every limit has a default.
    public init(
        name: String = "default",
        workingDirectory: String? = nil,
        workspaceAccess: WorkspaceAccess = .readOnly,
        network: Network = .none,
        readOnlyPaths: [String] = [],
        wallLimit: Duration = .seconds(60),
        cpuLimit: Duration = .seconds(60),
        outputByteLimit: Int = 1 << 20,
        outputKillByteLimit: Int = 16 << 20,
        memoryByteLimit: Int = 1 << 30,
        tmpByteLimit: Int = 64 << 20,
        workspaceByteLimit: Int = 256 << 20,
        workspaceEntryLimit: Int = 20_000,
        fileByteLimit: Int? = nil,
        openFileLimit: Int = 1024,
        processLimit: Int = 256,
        enforcement: Enforcement = .controlGroup,
        landlock: Requirement = .required
    ) {
        self.name = name
        self.workingDirectory = workingDirectory
        self.workspaceAccess = workspaceAccess
        self.network = network
        self.readOnlyPaths = readOnlyPaths
        self.wallLimit = wallLimit
        self.cpuLimit = cpuLimit
        self.outputByteLimit = outputByteLimit
        self.outputKillByteLimit = outputKillByteLimit
        self.memoryByteLimit = memoryByteLimit
        self.tmpByteLimit = tmpByteLimit
        self.workspaceByteLimit = workspaceByteLimit
        self.workspaceEntryLimit = workspaceEntryLimit
        self.fileByteLimit = fileByteLimit
        self.openFileLimit = openFileLimit
        self.processLimit = processLimit
        self.enforcement = enforcement
        self.landlock = landlock
    }

    /// The size of the largest file that the command may write.
    var largestFile: Int { fileByteLimit ?? tmpByteLimit }

    /// How large the workspace and its copy may be.
    var workspaceLimits: WorkspaceLimits {
        WorkspaceLimits(byteLimit: workspaceByteLimit, entryLimit: workspaceEntryLimit)
    }
}

extension SandboxProfile {
    /// What a command may do to its copy of the workspace.
    public enum WorkspaceAccess: String, Hashable, Sendable, CaseIterable {
        /// Read and execute.
        case readOnly = "read-only"
        /// Write, and what was written is thrown away.
        case scratch
        /// Write, and what the rules allow is brought back into the caller's folder.
        case imported
    }

    /// What a command may connect to.
    public enum Network: String, Hashable, Sendable, CaseIterable {
        /// Nothing.
        case none
        /// Its own processes, over the sandbox's own loopback interface.
        case loopback
    }

    /// Whether a layer has to be there.
    public enum Requirement: String, Hashable, Sendable, CaseIterable {
        /// Nothing runs without it.
        case required
        /// An older version of it, or none, is taken: the profile's author has decided that the other layers are enough.
        case optional
    }

    /// What bounds memory and processes.
    public enum Enforcement: String, Hashable, Sendable, CaseIterable {
        /// A control group; without a writable one nothing is run.
        case controlGroup = "control_group"
        /// Resource limits alone: processes are bounded, the memory of the whole tree is not.
        case resourceLimits = "resource_limits"
    }
}
