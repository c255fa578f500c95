/// One thing that stands between a command and the machine.
///
/// A run uses all of them. Tests turn single ones off, to see that the attack which a layer is there for works
/// without it.
package enum SandboxLayer: String, CaseIterable, Sendable {
    /// bubblewrap gets an empty environment: it stays readable inside as process 1.
    case environment
    /// A caller that is root becomes an ordinary user before anything else.
    case identity
    /// Every descriptor but 0, 1 and 2 is closed.
    case descriptors
    /// Memory, processes and processor time of the whole tree.
    case controlGroup
    /// Core files, open files, the largest file, processor time and processes of each process.
    case resourceLimits
    /// A root of its own that shows `/usr` and little else.
    case files
    /// A process table of its own.
    case processes
    /// A network of its own that leads nowhere.
    case network
    /// Shared memory, semaphores and message queues of its own.
    case ipc
    /// No user namespaces inside.
    case nestedNamespaces
    /// No capabilities, not even over its own namespaces.
    case capabilities
    /// No controlling terminal.
    case session
    /// Files, TCP, signals and abstract sockets by Landlock.
    case landlock
    /// The system-call filter.
    case seccomp
    /// The wall clock and the output limit.
    case supervision
    /// The rules for what comes back out of a workspace.
    case broker
}
