public import JSONSchemas
public import WorkflowFormat

/// Holds an agent to the plan it wrote before it saw any data: an automaton over tool, count and order.
///
/// Calls with an effect are taken in the plan's order, each line as often as it says, with its settled arguments. Tools
/// that only read may be called in any order and again and again, within a budget, if the plan names them. Everything
/// else is refused. The lock only ever narrows: what it permits still goes to the policy.
public struct PlanLock: Hashable, Sendable {
    /// The plan.
    public let plan: LockedPlan
    /// The lines with an effect, in order.
    private let sinks: [LockedPlan.Entry]
    /// The lines that only read, by tool.
    private let reads: [String: [LockedPlan.Entry]]
    private let readLimit: Int
    /// The line of `sinks` that is next, how often it was taken, and how many reads were made.
    private var line = 0
    private var taken = 0
    private var readCount = 0

    /// A lock on `plan`.
    ///
    /// `readers`: the tools that have no effect; every other one counts as having one.
    /// `readLimit`: how many calls of those tools may be made in all.
    public init(_ plan: LockedPlan, readers: Set<String>, readLimit: Int) {
        self.plan = plan
        self.readLimit = readLimit
        sinks = plan.entries.filter { !readers.contains($0.tool) && $0.times > 0 }
        reads = Dictionary(grouping: plan.entries.filter { readers.contains($0.tool) }, by: \.tool)
    }

    /// The line with an effect that comes next.
    public var nextSink: LockedPlan.Entry? { line < sinks.count ? sinks[line] : nil }

    /// The tools that may be called now.
    public var openTools: Set<String> {
        var open: Set<String> = readCount < readLimit ? Set(reads.keys) : []
        if let next = nextSink { open.insert(next.tool) }
        return open
    }

    /// Why a call is outside the plan, in one sentence; `nil` where it is inside.
    public func refusal(of tool: String, _ arguments: JSONObject) -> String? {
        if let lines = reads[tool] {
            guard readCount < readLimit else {
                return "The locked plan leaves no room for another read: all \(readLimit) were made."
            }
            guard lines.contains(where: { Self.keeps($0.fixed, arguments) }) else {
                return "The locked plan settles other arguments for `\(tool)`: it is \(plan.summary)."
            }
            return nil
        }
        guard let next = nextSink else {
            return "The locked plan has no `\(tool)` left to call: it is \(plan.summary)."
        }
        guard next.tool == tool else {
            return "The locked plan wants `\(next.tool)` before any other effect, not `\(tool)`: it is \(plan.summary)."
        }
        guard Self.keeps(next.fixed, arguments) else {
            return "The locked plan settles other arguments for `\(tool)`: it is \(plan.summary)."
        }
        return nil
    }

    /// What the plan settles of the next call of `tool`, where that is one thing: an effect is one line of the plan, a
    /// read may be any line with its name.
    public func settled(_ tool: String) -> JSONObject? {
        if let lines = reads[tool] { return lines.count == 1 ? lines.first?.fixed : nil }
        return nextSink.flatMap { $0.tool == tool ? $0.fixed : nil }
    }

    /// What the plan settled of a call's arguments, so that these are the plan's and not the caller's.
    public func settled(_ tool: String, _ arguments: JSONObject) -> JSONObject {
        if let lines = reads[tool] {
            // Several lines may fit; only what all of them settle is settled.
            let fitting = lines.filter { Self.keeps($0.fixed, arguments) }.map(\.fixed)
            guard let first = fitting.first else { return JSONObject() }
            return JSONObject(
                first.filter { member in fitting.allSatisfy { $0[member.key] != nil } }.map { ($0.key, $0.value) })
        }
        guard let next = nextSink, next.tool == tool, Self.keeps(next.fixed, arguments) else { return JSONObject() }
        return next.fixed
    }

    /// Notes that a call was made. One that ``refusal(of:_:)`` refuses must not be.
    public mutating func take(_ tool: String) {
        if reads[tool] != nil {
            readCount += 1
            return
        }
        guard let next = nextSink, next.tool == tool else { return }
        taken += 1
        if taken >= next.times {
            line += 1
            taken = 0
        }
    }

    private static func keeps(_ fixed: JSONObject, _ arguments: JSONObject) -> Bool {
        fixed.allSatisfy { arguments[$0.key] == $0.value }
    }
}
