internal import CKernelCalls
import Glibc
import SystemPackage

/// The socket between the launcher and the helper inside, and what came over it.
///
/// The helper's end is the sandbox's standard input until the command gets its own. The launcher's message lies in the
/// socket before anything is started, and the helper's messages are read after everything has ended, so nobody waits
/// for anybody. What comes before `started` comes from the helper alone, since nothing else runs in there by then;
/// what comes after is only believed where it says that the command could not be started.
final class ControlSocket: Sendable {
    /// The end that becomes standard input of the helper; closed with `releaseHelperEnd`.
    let helperEnd: FileDescriptor
    private let own: CInt

    init() throws(SandboxError) {
        var ends: [CInt] = [-1, -1]
        // The array has the two elements that the call fills.
        guard unsafe warrant_socket_pair(&ends) == 0 else {
            throw SandboxError(
                .systemFailed, operation: "make control socket of sandbox", reason: "\(Errno(rawValue: errno))",
                systemError: Errno(rawValue: errno))
        }
        own = ends[0]
        helperEnd = FileDescriptor(rawValue: ends[1])
    }

    deinit { close(own) }

    /// Leaves the message that the helper waits for: the command's standard input and, where there are any, the
    /// workspace's archive and the program's file. After its `G` a letter says of each descriptor what it is.
    func send(input: CInt, archive: CInt?, program: CInt?) throws(SandboxError) {
        var letters = [UInt8(ascii: "G")]
        var descriptors: [CInt] = []
        for (letter, descriptor) in [("I" as Unicode.Scalar, input), ("A", archive), ("P", program)] {
            guard let descriptor else { continue }
            letters.append(UInt8(ascii: letter))
            descriptors.append(descriptor)
        }
        // Both pointers live as long as the call, with their true counts.
        let sent = unsafe warrant_send(own, letters, letters.count, descriptors, CInt(descriptors.count))
        guard sent == letters.count else {
            throw SandboxError(
                .systemFailed, operation: "hand input to sandbox", reason: "\(Errno(rawValue: errno))",
                systemError: Errno(rawValue: errno))
        }
    }

    /// The messages that have come so far. Each is given once.
    func receive() -> [ControlMessage] {
        var messages: [ControlMessage] = []
        while let message = next() { messages.append(message) }
        return messages
    }

    private func next() -> ControlMessage? {
        var bytes = [UInt8](repeating: 0, count: 1024)
        var descriptors = [CInt](repeating: -1, count: 4)
        var count: CInt = 0
        // The buffers outlive the call and are as long as the shim is told or fixes.
        let got = unsafe warrant_receive(own, &bytes, bytes.count, &descriptors, &count)
        guard got > 0 else { return nil }
        let received = descriptors.prefix(Int(count))
        let text = String(decoding: bytes[1..<got], as: UTF8.self)
        switch bytes[0] {
        case UInt8(ascii: "W") where received.count == 1: return .workspace(received[0])
        case UInt8(ascii: "I") where received.count == 1: return .initProcess(received[0])
        case UInt8(ascii: "S"): return .started
        case UInt8(ascii: "M"): return .missing
        case UInt8(ascii: "X"): return .notExecutable(text)
        case UInt8(ascii: "E"): return .failed(text)
        default:
            for descriptor in received { close(descriptor) }
            return .unknown
        }
    }
}

/// One message of the helper.
enum ControlMessage: Sendable, Hashable {
    /// The workspace's folder, as a descriptor that now belongs to the receiver.
    case workspace(CInt)
    /// Process 1 of the sandbox, as a pidfd that now belongs to the receiver.
    case initProcess(CInt)
    /// All layers stand; the command is started next.
    case started
    /// There is no such program inside.
    case missing
    /// The kernel refused to execute it, and why.
    case notExecutable(String)
    /// A layer could not be set up: one sentence.
    case failed(String)
    case unknown
}
