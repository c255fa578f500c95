public import JSONSchemas

/// How sure a model really is of a workflow's closed fields, and which options it likes too much: a temperature for each
/// (Guo et al., "On Calibration of Modern Neural Networks", 2017) and offsets of its options, fitted on answers that are
/// known.
///
/// It stands beside the workflow, since the limits of `min_confidence` there mean something only together with it: both
/// are read in one review, and travel together. Each field says which weights, which prompt and which options it was
/// fitted on, and counts for nothing else.
public struct Calibration: Hashable, Sendable {
    /// One field of one reading.
    public struct Field: Hashable, Sendable {
        /// The digest of the weights, or the model's name where there is none.
        public let weights: String
        /// The step's address without the places of items, such as `sorting/class`.
        public let step: String
        /// The field's JSON pointer in the answer.
        public let pointer: String
        /// The digest of what the step tells the model to do.
        public let prompt: String
        /// The options that there were.
        public let options: [JSONValue]
        /// In ``Calibration/temperatureRange``: more than 1 where the model is surer than it is right.
        public let temperature: Double
        /// What is added to the logarithm of each option's share, each in ``Calibration/offsetRange``; empty where nothing is.
        public let offsets: [Double]
        /// How many known answers it was fitted on.
        public let count: Int
        /// The suite that they are from.
        public let suite: String

        /// A field's temperature, and offsets of its options.
        public init(
            weights: String, step: String, pointer: String, prompt: String, options: [JSONValue], temperature: Double,
            count: Int, suite: String, offsets: [Double] = []
        ) {
            precondition(temperature > 0 && temperature.isFinite, "a temperature is a number above 0")
            precondition(offsets.isEmpty || offsets.count == options.count, "each option has its offset")
            self.weights = weights
            self.step = step
            self.pointer = pointer
            self.prompt = prompt
            self.options = options
            self.temperature = temperature
            self.offsets = offsets
            self.count = count
            self.suite = suite
        }

        /// What puts the shares of the field right.
        public var adjustment: ShareAdjustment { ShareAdjustment(temperature: temperature, offsets: offsets) }

        /// Whether this one takes the place of an older one: both are about the same field and weights, and about the same
        /// options, or the older one about a prompt that is no more.
        func replaces(_ old: Field) -> Bool {
            weights == old.weights && step == old.step && pointer == old.pointer
                && (options == old.options || prompt != old.prompt)
        }
    }

    /// What a temperature may be. Answers that are all right want 0, which would call every answer certain; answers that
    /// have nothing to do with the shares want no end.
    public static let temperatureRange = 0.1...10.0

    /// What an offset may be. Beyond it an option would be taken, or never taken, whatever the model says.
    public static let offsetRange = -5.0...5.0

    /// The file's name beside the workflow.
    public static let fileName = "calibration.json"
    /// What the record of a run calls it.
    public static let member = "calibration"

    /// The fields, in the file's order.
    public let fields: [Field]

    /// A calibration of `fields`.
    public init(_ fields: [Field]) {
        self.fields = fields
    }

    /// What puts the shares of a field of the reading at `address` right; nil where nothing was fitted for these options.
    public func adjustment(of pointer: String, at address: String, options: [JSONValue]) -> ShareAdjustment? {
        let step = Self.step(of: address)
        return fields.first { $0.step == step && $0.pointer == pointer && $0.options == options }?.adjustment
    }

    /// A step's address without the places of items: `sorting/class` for `sorting[3]/class`.
    public static func step(of address: String) -> String {
        address.replacing(/\[[0-9]+\]/, with: "")
    }

    /// The fields that fit these weights and prompts, and why others don't.
    ///
    /// `prompts`: the digest of each reading's prompt, by its step.
    /// `model`: what a user calls the weights.
    public func fitting(
        weights: String, prompts: [String: String], model: String
    ) -> (calibration: Calibration?, notices: [String]) {
        var fitting: [Field] = []
        var stale: [String] = []
        for field in fields where field.weights == weights {
            if prompts[field.step] == field.prompt {
                fitting.append(field)
            } else if !stale.contains(field.step) {
                stale.append(field.step)
            }
        }
        var notices: [String] = []
        let fix = "`warrant eval --calibrate SUITE --model \(model)`"
        if !stale.isEmpty {
            let names = stale.map { "`\($0)`" }.joined(separator: ", ")
            notices.append(
                "`\(Self.fileName)` is ignored for \(names) asked of `\(model)`: the prompt was changed since; "
                    + "\(fix) makes it anew")
        } else if fitting.isEmpty, !fields.isEmpty {
            notices.append(
                "`\(Self.fileName)` has nothing for `\(model)`: it was made with other weights; \(fix) adds it")
        }
        return (fitting.isEmpty ? nil : Calibration(fitting), notices)
    }

    /// The fields that were fitted on these weights; nil where none was.
    public func made(with weights: String?) -> Calibration? {
        let own = fields.filter { $0.weights == weights }
        return own.isEmpty ? nil : Calibration(own)
    }

    /// This one with the fields of `newer` in place of those about the same, and of those of the same field and weights
    /// that were fitted on another prompt.
    public func updated(with newer: Calibration) -> Calibration {
        Calibration(
            fields.filter { old in !newer.fields.contains { $0.replaces(old) } } + newer.fields)
    }

    /// As the file and the record have it.
    public var json: JSONValue {
        .array(
            fields.map { field -> JSONValue in
                var members: JSONObject = [
                    "weights": .string(field.weights), "step": .string(field.step), "field": .string(field.pointer),
                    "prompt": .string(field.prompt), "options": .array(field.options),
                    "temperature": .number(field.temperature), "n": .integer(field.count),
                    "suite": .string(field.suite),
                ]
                if !field.offsets.isEmpty { members["offsets"] = .array(field.offsets.map { .number($0) }) }
                return .object(members)
            })
    }

    /// What ``json`` wrote; nil for anything else, also for a temperature outside ``temperatureRange`` or an
    /// offset outside ``offsetRange``, with which any answer would be what and as sure as one likes.
    public init?(json value: JSONValue) {
        guard let list = value.arrayValue else { return nil }
        var fields: [Field] = []
        for item in list {
            guard let weights = item["weights"]?.stringValue, let step = item["step"]?.stringValue,
                let pointer = item["field"]?.stringValue, let prompt = item["prompt"]?.stringValue,
                let options = item["options"]?.arrayValue, let temperature = item["temperature"]?.doubleValue,
                Self.temperatureRange.contains(temperature), let count = item["n"]?.intValue,
                let suite = item["suite"]?.stringValue, let offsets = Self.offsets(item["offsets"], for: options)
            else { return nil }
            fields.append(
                Field(
                    weights: weights, step: step, pointer: pointer, prompt: prompt, options: options,
                    temperature: temperature, count: count, suite: suite, offsets: offsets))
        }
        self.fields = fields
    }

    /// The offsets that ``json`` wrote; nil for what isn't one for each of `options`.
    private static func offsets(_ value: JSONValue?, for options: [JSONValue]) -> [Double]? {
        guard let value else { return [] }
        guard let list = value.arrayValue, list.count == options.count else { return nil }
        let offsets = list.compactMap(\.doubleValue)
        guard offsets.count == list.count, offsets.allSatisfy({ offsetRange.contains($0) }) else { return nil }
        return offsets
    }
}
