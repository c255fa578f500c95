import JSONSchemas
import PolicyEngine
import Testing
import WorkflowFormat

/// The automaton that holds an agent to its plan.
@Suite struct PlanLockTests {
    private static let readers: Set<String> = ["look", "list"]
    private static let plan = LockedPlan([
        LockedPlan.Entry(tool: "look"),
        LockedPlan.Entry(tool: "label", times: 2, fixed: ["project": "demo"]),
        LockedPlan.Entry(tool: "close", fixed: ["project": "demo", "id": 7]),
    ])

    private static func lock(_ plan: LockedPlan = plan, reads: Int = 3) -> PlanLock {
        PlanLock(plan, readers: readers, readLimit: reads)
    }

    @Test func `effects are taken in the plan's order, as often as planned, with its settled arguments`() {
        var lock = Self.lock()
        let label: JSONObject = ["project": "demo", "id": 1]
        let close: JSONObject = ["project": "demo", "id": 7]
        #expect(lock.refusal(of: "close", close)?.contains("wants `label` before") == true)
        #expect(lock.refusal(of: "label", ["project": "other", "id": 1])?.contains("settles other arguments") == true)
        for _ in 0..<2 {
            #expect(lock.openTools == ["look", "label"])
            #expect(lock.refusal(of: "label", label) == nil)
            lock.take("label")
        }
        #expect(lock.refusal(of: "label", label)?.contains("wants `close`") == true)
        #expect(lock.refusal(of: "close", ["project": "demo", "id": 8]) != nil)
        #expect(lock.refusal(of: "close", close) == nil)
        lock.take("close")
        #expect(lock.refusal(of: "close", close)?.contains("no `close` left") == true)
        #expect(lock.openTools == ["look"])
    }

    @Test func `reads repeat within a budget, and only those that the plan names`() {
        var lock = Self.lock(reads: 2)
        #expect(lock.refusal(of: "list", [:]) != nil)
        for _ in 0..<2 {
            #expect(lock.refusal(of: "look", ["query": "x"]) == nil)
            lock.take("look")
        }
        #expect(lock.refusal(of: "look", ["query": "x"])?.contains("all 2 were made") == true)
        #expect(lock.openTools == ["label"])
    }

    @Test func `an empty plan permits nothing`() {
        let lock = Self.lock(LockedPlan([]))
        #expect(lock.openTools.isEmpty)
        #expect(lock.refusal(of: "look", [:]) != nil && lock.refusal(of: "label", [:]) != nil)
    }

    @Test func `what is settled is the plan's, whoever writes it later`() {
        let lock = Self.lock()
        #expect(lock.settled("label", ["project": "demo", "id": 1]) == ["project": "demo"])
        #expect(lock.settled("label", ["project": "other", "id": 1]) == [:])
        #expect(lock.settled("close", ["project": "demo", "id": 7]) == [:], "it is not its turn")
        // Of two lines that fit, only what both settle.
        let double = Self.lock(
            LockedPlan([
                LockedPlan.Entry(tool: "look", fixed: ["project": "demo"]),
                LockedPlan.Entry(tool: "look", fixed: ["project": "demo", "limit": 2]),
            ]))
        #expect(double.settled("look", ["project": "demo", "limit": 2]) == ["project": "demo"])
    }

    @Test func `a plan survives being written and read, and nothing else is one`() {
        #expect(LockedPlan(fromJSON: Self.plan.toJSON()) == Self.plan)
        for broken: JSONValue in [[:], [["tool": "look"]], [["tool": "look", "times": -1, "fixed": [:]]], "look"] {
            #expect(LockedPlan(fromJSON: broken) == nil)
        }
    }

    /// The oracle: whatever is tried, the effects that were permitted are the beginning of the plan written out.
    @Test(arguments: 0..<40)
    func `no sequence of calls outside the plan is accepted`(seed: UInt64) {
        var random = SplitMix(state: seed &* 7919 &+ 1)
        let tools = ["look", "list", "label", "close", "file"]
        func arguments() -> JSONObject {
            [
                "project": .string(["demo", "other"].randomElement(using: &random) ?? ""),
                "id": .integer(Int.random(in: 1...2, using: &random)),
            ]
        }
        for _ in 0..<250 {
            let plan = LockedPlan(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    let all = arguments()
                    return LockedPlan.Entry(
                        tool: tools.randomElement(using: &random) ?? "", times: Int.random(in: 1...2, using: &random),
                        fixed: JSONObject(all.filter { _ in Bool.random(using: &random) }.map { ($0.key, $0.value) }))
                })
            let reads = Int.random(in: 0...3, using: &random)
            var lock = Self.lock(plan, reads: reads)
            var effects: [(tool: String, arguments: JSONObject)] = []
            var readCount = 0
            for _ in 0..<20 {
                let tool = tools.randomElement(using: &random) ?? ""
                let arguments = arguments()
                let isPermitted = lock.refusal(of: tool, arguments) == nil
                #expect(!isPermitted || lock.openTools.contains(tool))
                guard isPermitted else { continue }
                lock.take(tool)
                if Self.readers.contains(tool) {
                    readCount += 1
                    #expect(
                        plan.entries.contains { line in
                            line.tool == tool && line.fixed.allSatisfy { arguments[$0.key] == $0.value }
                        })
                } else {
                    effects.append((tool, arguments))
                }
            }
            let written = plan.entries.filter { !Self.readers.contains($0.tool) }
                .flatMap { Array(repeating: $0, count: $0.times) }
            #expect(readCount <= reads)
            #expect(effects.count <= written.count)
            for (effect, line) in zip(effects, written) {
                #expect(effect.tool == line.tool)
                #expect(line.fixed.allSatisfy { effect.arguments[$0.key] == $0.value })
            }
        }
    }

    @Test(arguments: 0..<20)
    func `the plan itself is accepted in full`(seed: UInt64) {
        var random = SplitMix(state: seed &+ 99)
        let plan = LockedPlan(
            (0..<4).map { _ in
                LockedPlan.Entry(
                    tool: ["look", "label", "close"].randomElement(using: &random) ?? "",
                    times: Int.random(in: 1...3, using: &random), fixed: ["project": "demo"])
            })
        var lock = Self.lock(plan, reads: 12)
        for line in plan.entries {
            for _ in 0..<line.times {
                #expect(lock.refusal(of: line.tool, ["project": "demo", "id": 3]) == nil)
                lock.take(line.tool)
            }
        }
        #expect(lock.nextSink == nil)
    }
}

/// A generator with a fixed start (splitmix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
