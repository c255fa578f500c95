import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
public import RunJournal

/// The supervisor's page: listens on the loopback address and nowhere else.
public final class SupervisorServer: Sendable {
    private let configuration: SupervisorConfiguration
    private let sessions: SessionBook
    private let broadcast: EventBroadcast
    private let port: PortBox
    private let responder: SupervisorResponder

    /// Makes a server.
    ///
    /// - Parameters:
    ///   - journal: The record that is shown. Nothing is written through it.
    ///   - desk: What records answers and knows tools.
    ///   - configuration: How it is served.
    public init(journal: Journal, desk: any SupervisorDesk, configuration: SupervisorConfiguration) {
        self.configuration = configuration
        let start = ContinuousClock.now
        sessions = SessionBook(
            linkLifetime: configuration.linkLifetimeSeconds, sessionLifetime: configuration.sessionLifetimeSeconds
        ) { Int(start.duration(to: .now).components.seconds) }
        broadcast = EventBroadcast(
            journal: journal, sessions: sessions, pollMilliseconds: configuration.pollMilliseconds)
        port = PortBox(configuration.port)
        responder = SupervisorResponder(
            reader: RecordReader(journal: journal, tools: configuration.tools), clerk: AnswerClerk(desk: desk),
            lookups: AnswerClerk(desk: desk), verification: VerificationDesk(clerk: AnswerClerk(desk: desk)),
            sessions: sessions, broadcast: broadcast,
            configuration: configuration, port: port, now: { Int(start.duration(to: .now) / Duration.milliseconds(1)) })
    }

    /// A link that lets one browser in, once. To be made when the server listens.
    public func makeLink() -> String { responder.makeLink() }

    /// Who listens to events now.
    public var listenerCount: Int { broadcast.listenerCount }

    /// Serves until the task is cancelled; then every stream ends and nothing is listened on any more.
    ///
    /// - Parameter onReady: Called once with the port, when requests are answered.
    /// - Throws: ``SupervisorError`` when the port can't be listened on.
    public func run(onReady: @escaping @Sendable (_ port: Int) async -> Void) async throws {
        let (port, wanted, door) = (port, configuration.port, ConnectionLimit.Door())
        let quiet = Logger(label: "supervisor") { _ in SwiftLogNoOpLogHandler() }
        let application = Application(
            responder: responder,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        PeerGate(),
                        RequestDeadline(
                            requestTime: .seconds(Int64(self.configuration.requestSeconds)),
                            idleTime: .seconds(Int64(self.configuration.idleSeconds))),
                    ],
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: configuration.headerByteLimit,
                        maxHeaderListSize: configuration.headerByteLimit, maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: wanted),
                availableConnectionsDelegate: ConnectionLimit(configuration.connectionLimit, door: door)),
            onServerRunning: { channel in
                if let number = channel.localAddress?.port { port.number = number }
                await onReady(port.number)
            }, logger: quiet)
        let serving = Task { try await application.run() }
        do {
            try await withTaskCancellationHandler {
                try await serving.value
            } onCancel: { [broadcast] in
                door.close()
                broadcast.end()
                Task {
                    // Time for what was said last to be sent, and for connections that were just taken to be handed on.
                    try? await Task.sleep(for: .milliseconds(100))
                    serving.cancel()
                }
            }
        } catch is CancellationError {
            return
        } catch let error as IOError {
            throw Self.refusal(error, port: wanted)
        }
    }

    private static func refusal(_ error: IOError, port: Int) -> SupervisorError {
        switch error.errnoCode {
        case EADDRINUSE:
            SupervisorError(
                .portInUse, "Can't serve on port \(port): another program listens there. Name another with `--port`.")
        case EACCES, EPERM:
            SupervisorError(.notPermitted, "Can't serve on port \(port): this user may not listen there.")
        default: SupervisorError(.io, "Can't serve on port \(port): \(error).")
        }
    }
}
