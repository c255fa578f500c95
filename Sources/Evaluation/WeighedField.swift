package import JSONSchemas
import RunJournal
package import WorkflowFormat

/// The weighed answers of one closed field of a reading, held against what is right.
package struct WeighedField: Hashable, Sendable {
    /// The step's address without the places of items.
    package let step: String
    /// The field's JSON pointer in the answer.
    package let pointer: String
    /// The options that there were.
    package let options: [JSONValue]
    /// The score of the suite that knows what is right.
    package let figure: String
    /// One an item, by identifier.
    package let answers: [KnownAnswer]
    /// What the runs worked out their confidence with.
    package let adjustment: ShareAdjustment

    /// The temperature of that.
    package var temperature: Double { adjustment.temperature }

    /// How sure and how right the answers were as the runs had them.
    package var reliability: Reliability {
        Reliability(answers.map { (adjustment.applied(to: $0.shares)[$0.taken], $0.isRight) })
    }

    /// How sure and how right all answers are where each half of them is judged by what was fitted on the other: no answer
    /// by anything that knew it. nil for runs that had a calibration, and where a half knows too few right answers.
    package var crossFitted: Reliability? {
        guard adjustment == .identity else { return nil }
        let development = answers.filter { SuitePart.development.holds($0.id) }
        let heldOut = answers.filter { SuitePart.heldOut.holds($0.id) }
        guard
            [development, heldOut].allSatisfy({ half in
                half.count { $0.right != nil } >= TemperatureFit.leastCount
            })
        else { return nil }
        let (first, second) = (AdjustmentFit.adjustment(of: heldOut), AdjustmentFit.adjustment(of: development))
        return Reliability(development.map { $0.judged(by: first) } + heldOut.map { $0.judged(by: second) })
    }

    /// What a reading's entry calls the shares of its fields.
    private static let sharesMember = "shares"

    /// What identifies a field.
    private struct Key: Hashable {
        let step: String
        let pointer: String
        let options: [JSONValue]
        let adjustment: ShareAdjustment
    }

    /// The fields that runs weighed and whose right answers `suite` knows: an `exact` score reads a member of the field's
    /// name from the answer rows. An item that a step read several times says nothing about that step.
    ///
    /// `readings`: for each run the addresses and bodies of the entries of its finished steps.
    package static func all(
        in suite: Suite, _ readings: [(run: TakenRun, entries: [(step: String, body: JSONValue)])]
    ) -> [WeighedField] {
        var found: [Key: [String: [KnownAnswer]]] = [:]
        var figures: [Key: String] = [:]
        let gold = Dictionary(suite.gold.map { ($0.id, $0.value) }, uniquingKeysWith: { first, _ in first })
        for (run, entries) in readings {
            for entry in entries {
                guard let item = item(entry.body, of: run), let line = gold[item] else { continue }
                for (pointer, value) in entry.body[sharesMember]?.objectValue ?? [:] {
                    guard let figure = figure(for: pointer, in: suite), let options = value["options"]?.arrayValue,
                        let right = line.value(at: figure.gold),
                        let adjustment = adjustment(value, options),
                        let answer = answer(to: item, entry.body, pointer, value, options, right: right)
                    else { continue }
                    let key = Key(
                        step: Calibration.step(of: entry.step), pointer: pointer, options: options,
                        adjustment: adjustment)
                    found[key, default: [:]][item, default: []].append(answer)
                    figures[key] = figure.name
                }
            }
        }
        return found.map { key, items in
            WeighedField(
                step: key.step, pointer: key.pointer, options: key.options, figure: figures[key] ?? "",
                answers: items.values.filter { $0.count == 1 }.flatMap { $0 }.sorted { $0.id < $1.id },
                adjustment: key.adjustment)
        }
        .filter { !$0.answers.isEmpty }
        .sorted { ($0.step, $0.pointer, $0.options.count) < ($1.step, $1.pointer, $1.options.count) }
    }

    /// The item that a reading was about: its loop's, else the one that the run worked on. One that is none of the run's,
    /// such as a passage or a neighbour of it, is nothing that the gold knows of.
    private static func item(_ body: JSONValue, of run: TakenRun) -> String? {
        if let item = body[EntryMember.item] {
            let text = item.stringValue ?? item.intValue.map { String($0) }
            return text.flatMap { run.items.contains($0) ? $0 : nil }
        }
        return run.items.count == 1 ? run.items.first : nil
    }

    private static func figure(for pointer: String, in suite: Suite) -> SuiteDefinition.Figure? {
        guard let name = (try? JSONPointer(parsing: pointer))?.tokens.last else { return nil }
        return suite.definition.figures.first { $0.method == .exact && $0.answer.tokens.last == name }
    }

    /// What a run put the shares right with; nil for what no run writes.
    private static func adjustment(_ value: JSONValue, _ options: [JSONValue]) -> ShareAdjustment? {
        let temperature = value["temperature"]?.doubleValue ?? 1
        let offsets = (value["offsets"]?.arrayValue ?? []).map { $0.doubleValue ?? .nan }
        guard temperature > 0, temperature.isFinite, offsets.allSatisfy(\.isFinite),
            offsets.isEmpty || offsets.count == options.count
        else { return nil }
        return ShareAdjustment(temperature: temperature, offsets: offsets)
    }

    private static func answer(
        to item: String, _ body: JSONValue, _ pointer: String, _ value: JSONValue, _ options: [JSONValue],
        right: JSONValue
    ) -> KnownAnswer? {
        let own = (value["shares"]?.arrayValue ?? []).compactMap(\.doubleValue)
        let votes = (value["votes"]?.arrayValue ?? []).compactMap(\.doubleValue)
        guard own.count == options.count, votes.isEmpty || votes.count == options.count,
            let field = try? JSONPointer(parsing: pointer),
            let written = body[EntryMember.written]?.value(at: field), let taken = options.firstIndex(of: written)
        else { return nil }
        let shares = ChoiceExamples.mixed(own, with: votes, weight: value["vote_weight"]?.doubleValue ?? 0)
        return KnownAnswer(id: item, shares: shares, taken: taken, right: options.firstIndex(of: right))
    }

    /// As an evaluation's file has it.
    package var json: JSONValue {
        var members: JSONObject = [
            "step": .string(step), "field": .string(pointer), "score": .string(figure),
            "temperature": .number(temperature), "reliability": reliability.json,
        ]
        if !adjustment.offsets.isEmpty { members["offsets"] = .array(adjustment.offsets.map { .number($0) }) }
        if let crossFitted { members["cross_fitted"] = crossFitted.json }
        return .object(members)
    }
}
