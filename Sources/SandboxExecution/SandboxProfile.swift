/// What a sandboxed command may see, and how much of everything it may use.
///
/// Every profile has no network, a read-only system, an empty private `/tmp`, its own process, user, IPC and
/// host-name namespaces and no capabilities. A profile only chooses which folders are visible (read-only, but for the
/// one that a repair may write to) and the limits.
public struct SandboxProfile: Hashable, Sendable {
    /// The profile's name, for messages and records.
    public var name: String

    /// The host folder shown at `/workspace`, where the command starts; read-only unless
    /// ``isWorkingDirectoryWritable``. Without one it starts in the empty `/tmp`.
    public var workingDirectory: String?

    /// Whether the command may write to that folder; nothing else of the host ever is.
    public var isWorkingDirectoryWritable = false

    /// Further host paths shown read-only at the same place. `/usr` is always there.
    ///
    /// The file system's root, whole home folders, `/run`, `/proc`, `/sys` and `/dev` are refused.
    public var readOnlyPaths: [String]

    /// The longest a command may take, in real time, before its whole process tree is killed.
    public var wallLimit: Duration

    /// The most processor time one process may use, rounded up to whole seconds.
    public var cpuLimit: Duration

    /// How many bytes of each output stream are kept: three quarters from the start, the rest from the end.
    public var outputByteLimit: Int

    /// The command is killed when it has written more than this many bytes to both streams together.
    public var outputKillByteLimit: Int

    /// The size of the private `/tmp` in bytes; also the size of the largest single file.
    public var tmpByteLimit: Int

    /// How many descriptors one process may have open.
    public var openFileLimit: Int

    /// How many processes and threads the command may have at a time.
    ///
    /// The kernel counts only for ordinary users: started as root, nothing but the wall limit stops a command
    /// that multiplies.
    public var processLimit: Int

    /// Creates a profile; every limit has a default.
    public init(
        name: String = "default",
        workingDirectory: String? = nil,
        readOnlyPaths: [String] = [],
        wallLimit: Duration = .seconds(60),
        cpuLimit: Duration = .seconds(60),
        outputByteLimit: Int = 1 << 20,
        outputKillByteLimit: Int = 16 << 20,
        tmpByteLimit: Int = 64 << 20,
        openFileLimit: Int = 1024,
        processLimit: Int = 256
    ) {
        self.name = name
        self.workingDirectory = workingDirectory
        self.readOnlyPaths = readOnlyPaths
        self.wallLimit = wallLimit
        self.cpuLimit = cpuLimit
        self.outputByteLimit = outputByteLimit
        self.outputKillByteLimit = outputKillByteLimit
        self.tmpByteLimit = tmpByteLimit
        self.openFileLimit = openFileLimit
        self.processLimit = processLimit
    }
}
