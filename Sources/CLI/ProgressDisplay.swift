import Foundation
import JSONSchemas
import Orchestration
import Planning
import Synchronization

/// Shows what a run does: a live line on a terminal, plain lines otherwise, JSON lines where asked for.
final class ProgressDisplay: Sendable {
    private struct State {
        var item = ""
        var step = ""
        var usage = TokenUsage()
        var waiting = 0
        var lastPlain = ContinuousClock.now
        var hasLiveLine = false
    }

    private let state = Mutex(State())
    private let started = ContinuousClock.now
    private let isLive: Bool
    private let isJSON: Bool

    init(isJSON: Bool) {
        self.isJSON = isJSON
        isLive = Terminal.errorIsTerminal && !isJSON
    }

    /// Takes an event.
    func report(_ event: RunEvent) {
        if isJSON { emit(event) }
        switch event {
        case .stepStarted(let address, let detail):
            state.withLock { $0.step = "\(address) (\(detail))" }
            live()
        case .item(let address, let index, let count):
            state.withLock { $0.item = "\(address) \(index)/\(count)" }
            live()
            plainNow(every: .seconds(5)) { "\($0.item)" }
        case .toolProgress(let done, let total):
            state.withLock { $0.item = "\(done)/\(total)" }
            live()
            plainNow(every: .seconds(5)) { "\($0.step): \($0.item)" }
        case .stepFinished(let address, let result, let seconds):
            if !address.contains("[") || address.contains("#") {
                permanent("\(address): \(Terminal.line(result, width: 100)) (\(Self.tenths(seconds)) s)")
            }
        case .usage(let usage): state.withLock { $0.usage = $0.usage + usage }
        case .waiting(let address, let question):
            state.withLock { $0.waiting += 1 }
            permanent("waiting for a person at \(address): \(Terminal.line(question, width: 160))")
        case .denied(let address, let sentence): permanent("denied at \(address): \(Terminal.visible(sentence))")
        case .outputWritten(let path): permanent("wrote \(path)")
        case .note(let text): permanent(Terminal.visible(text))
        }
    }

    /// Removes the live line, so that something else can be written.
    func clear() {
        let had = state.withLock { state in
            defer { state.hasLiveLine = false }
            return state.hasLiveLine
        }
        if had { Output.raw("\r\u{1B}[K") }
    }

    /// One line on what was spent.
    func summary() -> String {
        let usage = state.withLock { $0.usage }
        let elapsed = started.duration(to: .now)
        return """
            \(Self.tenths(Self.seconds(elapsed))) s; prompt tokens \(usage.evaluated) evaluated, \(usage.reused) reused; \
            answer tokens \(usage.sampled) sampled, \(usage.forced) forced
            """ + (usage.remembered > 0 ? "; \(usage.remembered) of the answers known already" : "")
    }

    private func live() {
        guard isLive else { return }
        let text = state.withLock { state in
            state.hasLiveLine = true
            let seconds = Self.seconds(state.usage.answerTime)
            let rate = seconds > 0 ? Double(state.usage.sampled + state.usage.forced) / seconds : 0
            let elapsed = Int(Self.seconds(started.duration(to: .now)))
            return "\(state.item)  \(state.step)  \(Self.tenths(rate)) tok/s  \(elapsed) s"
        }
        Output.raw("\r\u{1B}[K" + Terminal.line(text, width: 110))
    }

    private func permanent(_ line: String) {
        guard !isJSON else { return }
        clear()
        Output.message(line)
    }

    private func plainNow(every interval: Duration, _ line: (State) -> String) {
        guard !isLive, !isJSON else { return }
        let text = state.withLock { state -> String? in
            guard state.lastPlain.duration(to: .now) >= interval else { return nil }
            state.lastPlain = .now
            return line(state)
        }
        if let text { Output.message(Terminal.visible(text)) }
    }

    private func emit(_ event: RunEvent) {
        let value: JSONValue? =
            switch event {
            case .stepStarted(let address, let detail):
                ["type": "step_started", "step": .string(address), "detail": .string(detail)]
            case .stepFinished(let address, let result, let seconds):
                [
                    "type": "step_finished", "step": .string(address), "result": .string(result),
                    "seconds": .number((seconds * 1000).rounded() / 1000),
                ]
            case .waiting(let address, let question):
                ["type": "waiting", "step": .string(address), "question": .string(question)]
            case .denied(let address, let sentence):
                ["type": "denied", "step": .string(address), "sentence": .string(sentence)]
            case .outputWritten(let path): ["type": "output", "path": .string(path)]
            case .note(let text): ["type": "note", "text": .string(text)]
            case .item, .toolProgress, .usage: nil
            }
        if let value { Output.result(value) }
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    private static func tenths(_ value: Double) -> String {
        let scaled = Int((value * 10).rounded())
        return "\(scaled / 10).\(scaled % 10)"
    }
}
