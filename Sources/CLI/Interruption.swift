import Dispatch
import Foundation

/// Turns Ctrl-C and a termination request into a cancelled task; a second one ends the process at once.
struct Interruption {
    private let sources: [any DispatchSourceSignal]

    /// Cancels `task` on the first signal.
    init(cancelling task: Task<some Sendable, any Error>) {
        let count = SignalCount()
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            // The default action would end the process before the journal is closed.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                guard count.next() == 1 else { _exit(75) }
                Output.message("\nstopping; once more to stop at once")
                task.cancel()
            }
            source.resume()
            return source
        }
    }

    func stop() {
        for source in sources { source.cancel() }
    }
}
