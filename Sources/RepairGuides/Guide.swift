public import JSONSchemas

/// A repair guide: typed steps, the only commands that may run, and the warnings that guard them.
public struct Guide: Hashable, Sendable {
    /// The most steps a guide may have.
    public static let stepLimit = 100

    /// What it is about.
    public let title: String
    /// What it is for.
    public let appliesTo: String
    /// How the fault shows itself.
    public let symptom: String
    /// The commands, and no others.
    public let commands: [GuideCommand]
    /// The warnings.
    public let cautions: [GuideCaution]
    /// The steps; the first is the one to begin with.
    public let steps: [GuideStep]

    init(
        title: String, appliesTo: String, symptom: String, commands: [GuideCommand], cautions: [GuideCaution],
        steps: [GuideStep]
    ) throws(GuideError) {
        // It becomes the title of an issue, which is one line.
        self.title = title.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        self.appliesTo = appliesTo
        self.symptom = symptom
        self.commands = commands
        self.cautions = cautions
        self.steps = steps
        try check()
    }

    /// A guide from JSON, checked: it fits ``GuideSchema``, ids are unique, references name something, and no step
    /// leads back to itself.
    /// - Throws: `GuideError` with the first thing that is wrong, and its place.
    public init(_ value: JSONValue) throws(GuideError) {
        guard value["guide"]?.intValue == 1 else { throw GuideError("it isn't marked `\"guide\": 1`") }
        guard value["steps"] != [] else { throw GuideError("it has no steps") }
        // What is misspelt or of another type would be read as not given, and a caution would hold nothing.
        if let issue = GuideSchema.schema.validate(value).first { throw GuideError("\(issue)") }
        var commands: [GuideCommand] = []
        for item in value["commands"]?.arrayValue ?? [] { commands.append(try GuideCommand(item)) }
        var cautions: [GuideCaution] = []
        for item in value["cautions"]?.arrayValue ?? [] { cautions.append(try GuideCaution(item)) }
        var steps: [GuideStep] = []
        for item in value["steps"]?.arrayValue ?? [] { steps.append(try GuideStep(item)) }
        try self.init(
            title: value["title"]?.stringValue ?? "", appliesTo: value["applies_to"]?.stringValue ?? "",
            symptom: value["symptom"]?.stringValue ?? "", commands: commands, cautions: cautions, steps: steps)
    }

    /// The guide as JSON; `guide.schema.json` of the workflow describes it.
    public func toJSON() -> JSONValue {
        [
            "guide": 1, "title": .string(title), "applies_to": .string(appliesTo), "symptom": .string(symptom),
            "commands": .array(commands.map(\.json)), "cautions": .array(cautions.map(\.json)),
            "steps": .array(steps.map(\.json)),
        ]
    }

    func command(_ id: String?) -> GuideCommand? {
        guard let id else { return nil }
        return commands.first { $0.id == id }
    }

    /// The steps in the order in which `next` leads through them.
    var order: [GuideStep] {
        var result: [GuideStep] = []
        var current = steps.first
        while let step = current, result.count < steps.count {
            result.append(step)
            current = step.next.flatMap { id in steps.first { $0.id == id } }
        }
        return result
    }

    private func check() throws(GuideError) {
        guard !steps.isEmpty else { throw GuideError("it has no steps") }
        guard steps.count <= Self.stepLimit else {
            throw GuideError("it has \(steps.count) steps and may have \(Self.stepLimit)")
        }
        var ids: Set<String> = []
        for id in steps.map(\.id) + commands.map(\.id) + cautions.map(\.id) where !ids.insert(id).inserted {
            throw GuideError("the id `\(id)` is used twice")
        }
        for step in steps {
            if let command = step.command, self.command(command) == nil {
                throw GuideError("step `\(step.id)` names the command `\(command)`, which it doesn't have")
            }
            if let next = step.next, !steps.contains(where: { $0.id == next }) {
                throw GuideError("step `\(step.id)` leads to `\(next)`, which it doesn't have")
            }
            for hazard in step.hazards where !cautions.contains(where: { $0.id == hazard }) {
                throw GuideError("step `\(step.id)` names the caution `\(hazard)`, which it doesn't have")
            }
        }
        for step in steps {
            var seen: Set<String> = [step.id]
            var current = step
            while let next = current.next.flatMap({ id in steps.first { $0.id == id } }) {
                guard seen.insert(next.id).inserted else {
                    throw GuideError("its steps lead in a circle: step `\(current.id)` leads back to `\(next.id)`")
                }
                current = next
            }
        }
        let reached = Set(order.map(\.id))
        if let lost = steps.first(where: { !reached.contains($0.id) }) {
            throw GuideError("no step leads to `\(lost.id)`")
        }
    }
}
