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
            let (holds, isProvisional) = try scope.holds(condition)
            guard holds else {
                let skipped = StepResult.skipped(address)
                return StepResult(skipped.value, label: skipped.label, isProvisional: isProvisional)
            }
        }
        if case .group(let parts) = step.kind {
            var inner = scope.nested(at: address)
            try await perform(parts, in: &inner)
            return inner.summary(of: parts)
        }
        if let known = recorded.result(at: address) {
            try await rebuild(step, at: address, in: scope)
            return known
        }
        try meter.countStep(address)
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
        case .agent(let agent):
            services.report(.stepStarted(address: address, detail: "agent"))
            result = try await perform(agent, at: address, in: scope)
        case .approve(let gate):
            services.report(.stepStarted(address: address, detail: "approve"))
            result = try await perform(gate, at: address, in: scope)
        case .render(let render):
            result = try perform(render, at: address, in: scope)
        case .group:
            return .skipped(address)
        }
        services.report(
            .stepFinished(
                address: address, result: Self.line(for: result.value), seconds: started.duration(to: .now).seconds))
        return result
    }

    private func performLoop(
        _ step: StepDefinition, _ loop: ForEach, at address: String, in scope: Scope
    ) async throws -> StepResult {
        let (items, source) = try loopItems(loop, at: address, in: scope)
        var results: [JSONValue] = []
        var label = source.label
        var isProvisional = source.isProvisional
        for (index, item) in items.enumerated() {
            try Task.checkCancellation()
            services.report(.item(address: address, index: index + 1, count: items.count))
            let itemAddress = "\(address)[\(index)]"
            var inner = scope.nested(at: itemAddress)
            inner.set(
                variable: loop.variable,
                StepResult(item, label: source.label, isProvisional: source.isProvisional))
            if let name = loop.soFar {
                // A list taken in order may look back: at all items so far, and at the last one.
                inner.set(
                    variable: name,
                    StepResult(
                        ["items": .array(results), "last": results.last ?? .null], label: label.condensed(),
                        isProvisional: isProvisional))
            }
            var row: JSONObject = ["index": .integer(index), "item": item]
            if case .group(let parts) = step.kind {
                if let condition = step.when, !(try inner.holds(condition).holds) { continue }
                try await perform(parts, in: &inner)
                let summary = inner.summary(of: parts)
                for (key, value) in summary.value.objectValue ?? JSONObject() { row[key] = value }
                label = label.joined(with: summary.label)
                isProvisional = isProvisional || summary.isProvisional
            } else {
                let result = try await performOnce(step, at: itemAddress, in: inner)
                row["result"] = result.value
                label = label.joined(with: result.label)
                isProvisional = isProvisional || result.isProvisional
            }
            results.append(.object(row))
        }
        return StepResult(
            ["items": .array(results), "count": .integer(results.count)], label: label.condensed(),
            isProvisional: isProvisional)
    }

    private func loopItems(
        _ loop: ForEach, at address: String, in scope: Scope
    ) throws -> (items: [JSONValue], source: StepResult) {
        var items: [JSONValue]
        let source: StepResult
        switch loop.source {
        case .list(let template):
            source = try scope.evaluate(template)
            if source.value.isNull {
                items = []
            } else if let list = source.value.arrayValue {
                items = list
            } else {
                throw Halt(.failed, "Can't go through the items of `\(address)`: its `for_each` is no list.")
            }
        case .segments(let unit, let template):
            source = try scope.evaluate(template)
            items = try SegmentItems.items(of: source.value, by: unit, address: address)
        }
        if let limit = loop.limit, items.count > limit {
            services.report(.note("step `\(address)` takes the first \(limit) of \(items.count) items"))
            items = Array(items.prefix(limit))
        }
        return (items, source)
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
    /// The results of `parts` as one object.
    func summary(of parts: [StepDefinition]) -> StepResult {
        var value = JSONObject()
        var label = Label.trusted(.workflow())
        var isProvisional = false
        for part in parts {
            guard let result = result(ofStep: part.id) else { continue }
            value[part.id] = result.value
            label = label.joined(with: result.label)
            isProvisional = isProvisional || result.isProvisional
        }
        return StepResult(.object(value), label: label, isProvisional: isProvisional)
    }
}
