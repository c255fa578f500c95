/// What a sandboxed command may see and use, as a profile file describes it.
///
/// A profile only chooses among what the sandbox offers: every one of them has namespaces of its own, a read-only
/// system, no capabilities, Landlock and the system-call filter.
public struct SandboxProfileDefinition: Hashable, Sendable {
    /// What the command reaches through sockets. It always has a network namespace of its own.
    public enum Network: String, Hashable, Sendable, CaseIterable {
        /// Nothing outside, and no TCP within the sandbox either.
        case none
        /// TCP between the command's own processes, over the loopback device of its own namespace.
        case loopback
    }

    /// What the command may do to its workspace, which is a copy of a folder in each case.
    public enum Workspace: String, Hashable, Sendable, CaseIterable {
        /// Read it and execute what is in it.
        case readOnly = "read-only"
        /// Write to it; it is gone when the command ends.
        case scratch
        /// Write to it; afterwards the changes go to the folder it was copied from, if the rules for imports let them.
        case imported
    }

    /// Whether a kernel without Landlock 4 (before Linux 6.7) will do.
    public enum Landlock: String, Hashable, Sendable, CaseIterable {
        /// Nothing runs there.
        case required
        /// What the kernel has of it is used, if anything: then the mounts alone, or nearly, keep a command from files.
        case optional
    }

    /// Who counts what the command uses.
    public enum Enforcement: String, Hashable, Sendable, CaseIterable {
        /// A control group of the kernel, over all processes together. Without one that Warrant may write to, nothing
        /// runs.
        case controlGroup = "control_group"
        /// Resource limits of each process: the weaker form, for machines where Warrant can't make a control group.
        ///
        /// The memory of the processes is then not limited at all, and processor time is limited for each process and
        /// not for all together. Wall time, output, open files, the largest file and the sizes of `/tmp` and workspace
        /// hold as with a control group.
        case resourceLimits = "resource_limits"
    }

    /// The profile's name: lower-case letters, digits and `-`.
    public var name: String
    /// What it is for, in a sentence.
    public var summary: String?
    /// What the command reaches through sockets; nothing unless the file says more.
    public var network: Network
    /// What the command may do to its workspace; it may only read it unless the file says more.
    public var workspace: Workspace
    /// Whether the kernel must have Landlock 4; it must unless the file says otherwise.
    public var landlock: Landlock
    /// Further host paths shown read-only at the same place; absolute, without `.`, `..` and a slash at the end.
    public var readOnlyPaths: [String]
    /// How much of everything the command may use.
    public var limits: Limits

    /// A profile; what isn't given is the least, and the limits are their defaults.
    public init(
        name: String, summary: String? = nil, network: Network = .none, workspace: Workspace = .readOnly,
        landlock: Landlock = .required, readOnlyPaths: [String] = [], limits: Limits = Limits()
    ) {
        self.name = name
        self.summary = summary
        self.network = network
        self.workspace = workspace
        self.landlock = landlock
        self.readOnlyPaths = readOnlyPaths
        self.limits = limits
    }
}

extension SandboxProfileDefinition {
    /// How much of everything a command may use. Each value here is the default of its key in a file.
    public struct Limits: Hashable, Sendable {
        /// `wall`: the real time until every process of the command is killed.
        public var wall: Duration = .seconds(60)
        /// `cpu`: processor time of all processes together.
        public var cpu: Duration = .seconds(60)
        /// `memory`: bytes of all processes, `/tmp`, `/dev/shm` and the workspace together.
        public var memoryByteCount = 1 << 30
        /// `processes`: processes and threads at a time, two of the sandbox's own counted.
        public var processes = 256
        /// `open_files`: descriptors that one process may have open.
        public var openFiles = 1024
        /// `file_size`: bytes of the largest single file.
        public var fileByteCount = 256 << 20
        /// `tmp`: bytes of `/tmp`, and as many of `/dev/shm`.
        public var tmpByteCount = 64 << 20
        /// `workspace`: bytes that the workspace's copy may grow to.
        public var workspaceByteCount = 256 << 20
        /// `workspace_entries`: files, folders and links in the workspace's copy.
        public var workspaceEntries = 20_000
        /// `output`: bytes written to both streams together; more ends the command.
        public var outputByteCount = 16 << 20
        /// `output_kept`: bytes kept of each stream, from its start and its end.
        public var keptOutputByteCount = 1 << 20
        /// `enforced_by`: who counts.
        public var enforcement = Enforcement.controlGroup

        /// The defaults.
        public init() {}
    }
}
