import JSONSchemas
import Planning
import Provenance
import RunJournal
import WorkflowFormat

extension Run {
    /// Takes `steps` in order; each result is named in `scope`.
    func perform(_ steps: [StepDefinition], in scope: inout Scope) async throws {
        for step in steps {
            try Task.checkCancellation()
            scope.set(step: step.id, try await perform(step, in: scope))
        }
    }

    private func perform(_ step: StepDefinition, in scope: Scope) async throws -> StepResult {
        let address = scope.address(of: step.id)
        if let loop = step.forEach {
            return try await performLoop(step, loop, at: address, in: scope)
        }
        return try await performOnce(step, at: address, in: scope)
    }

    /// Takes a step that is no loop, or one item of a loop.
    private func performOnce(_ step: StepDefinition, at address: String, in scope: Scope) async throws -> StepResult {
        if let condition = step.when {
            let (holds, value) = try scope.holds(condition)
            guard holds else {
                return .skipped(address, because: value)
            }
        }
        if case .group(let parts) = step.kind {
            var inner = scope.nested(at: address)
            try await perform(parts, in: &inner)
            let results = inner.results(of: parts)
            return Scope.composed(of: results)
        }
        if let known = recorded.result(at: address) {
            try await rebuild(step, at: address, in: scope)
            return known.traced(at: address)
        }
        try countStep(address)
        let started = ContinuousClock.now
        let result: StepResult
        switch step.kind {
        case .call(let call):
            services.report(.stepStarted(address: address, detail: call.tool))
            if recorded.body(.observationRecorded, at: address) != nil {
                try await rebuild(step, at: address, in: scope)
            }
            result = try await perform(call, at: address, in: scope)
        case .read(let read):
            services.report(.stepStarted(address: address, detail: "read"))
            result = try await perform(read, at: address, in: scope)
            countLeftOut(result)
        case .agent(let agent):
            services.report(.stepStarted(address: address, detail: "agent"))
            result = try await perform(agent, at: address, in: scope)
            countLeftOut(result)
        case .approve(let gate):
            services.report(.stepStarted(address: address, detail: "approve"))
            result = try await perform(gate, at: address, in: scope)
            countLeftOut(result)
        case .render(let render):
            result = try perform(render, at: address, in: scope)
        case .group:
            return StepResult(.null, label: .unreadable)
        }
        services.report(
            .stepFinished(
                address: address, result: Self.line(for: result.value), seconds: started.duration(to: .now).seconds))
        return result.traced(at: address)
    }

    /// A read, an agent or a gate is not taken while what it hangs on isn't settled.
    private func countLeftOut(_ result: StepResult) {
        if result.isProvisional { leftOutCount += 1 }
    }

    private func performLoop(
        _ step: StepDefinition, _ loop: ForEach, at address: String, in scope: Scope
    ) async throws -> StepResult {
        let work = LoopWork(
            step: step, loop: loop, source: try loopSource(loop, at: address, in: scope), address: address,
            scope: scope)
        guard loop.parallel > 1, step.reads, work.source.items.count > 1, services.takesQuestionsAhead else {
            return try await perform(work) { _ in }
        }
        return try await performAhead(work)
    }

    /// Takes the items of a loop in order, `prepare` before each.
    func perform(_ work: LoopWork, prepare: (Int) async -> Void) async throws -> StepResult {
        var rows = LoopRows(work.source.list)
        for index in work.source.items.indices {
            try Task.checkCancellation()
            services.report(.item(address: work.address, index: index + 1, count: work.source.items.count))
            await prepare(index)
            var inner = work.scope(ofItem: index)
            if let name = work.loop.soFar {
                // A list taken in order may look back: at all items so far, and at the last one.
                inner.set(variable: name, rows.soFar)
            }
            var results: [(name: String, result: StepResult)]
            if case .group(let parts) = work.step.kind {
                if let condition = work.step.when {
                    let (holds, value) = try inner.holds(condition)
                    rows.count(condition: value.label)
                    guard holds else { continue }
                }
                try await perform(parts, in: &inner)
                results = inner.results(of: parts)
            } else {
                results = [
                    ("result", try await performOnce(work.step, at: work.address(ofItem: index), in: inner))
                ]
            }
            rows.append(index: index, item: work.item(index), results)
        }
        return rows.result
    }

    private func loopSource(_ loop: ForEach, at address: String, in scope: Scope) throws -> LoopSource {
        var source: LoopSource
        switch loop.source {
        case .list(let template):
            let list = try scope.evaluate(template)
            if list.value.isNull {
                source = LoopSource(list, items: [])
            } else if let items = list.value.arrayValue {
                source = LoopSource(list, items: items)
            } else {
                throw Halt(.failed, "Can't go through the items of `\(address)`: its `for_each` is no list.")
            }
        case .segments(let unit, let template):
            let text = try scope.evaluate(template)
            source = LoopSource(
                segmentsOf: text, items: try SegmentItems.items(of: text.value, by: unit, address: address))
        }
        if let limit = loop.limit, source.items.count > limit {
            services.report(.note("step `\(address)` takes the first \(limit) of \(source.items.count) items"))
            source.items = Array(source.items.prefix(limit))
        }
        return source
    }

    /// One line for whoever watches.
    static func line(for value: JSONValue) -> String {
        if let object = value.objectValue {
            if let inner = object["value"] { return clipped(inner.serialized(.compact)) }
            if let rows = object["rows"]?.arrayValue { return "\(rows.count) rows" }
            if let text = object["text"]?.stringValue { return "\(text.utf8.count) bytes" }
        }
        return clipped(value.serialized(.compact))
    }

    private static func clipped(_ text: String) -> String {
        text.count > 100 ? text.prefix(97) + "..." : text
    }
}

extension Scope {
    /// An object of `results`, each under its name.
    static func composed(of results: [(name: String, result: StepResult)]) -> StepResult {
        composed(.object(JSONObject(results.map { ($0.name, $0.result.value) })), of: results)
    }

    /// The results of `parts`, each under its name.
    func results(of parts: [StepDefinition]) -> [(name: String, result: StepResult)] {
        parts.compactMap { part in result(ofStep: part.id).map { (part.id, $0) } }
    }
}
