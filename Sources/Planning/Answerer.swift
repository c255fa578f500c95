public import JSONSchemas
public import ModelRuntime

/// Who wrote an answer, where that isn't the weights in this process.
public struct Answerer: Hashable, Sendable {
    /// The server and the model that was asked for, as after `--model`.
    public let model: String
    /// The model's name as the server gave it in its answer; nil where it gave none.
    public let reported: String?
    /// How the server was held to the schema.
    public let form: AnswerForm
    /// Whether the server said how many tokens it took; else they are estimated from the text's length.
    public let hasUsage: Bool

    /// An answerer.
    public init(model: String, reported: String?, form: AnswerForm, hasUsage: Bool) {
        self.model = model
        self.reported = reported
        self.form = form
        self.hasUsage = hasUsage
    }

    /// What an entry of the record calls it.
    public static let member = "answered_by"

    /// As the record keeps it.
    public var json: JSONValue {
        [
            "model": .string(model), "reported": reported.map { .string($0) } ?? .null, "form": .string(form.rawValue),
            "usage": .string(hasUsage ? "reported" : "estimated"),
        ]
    }

    /// The answerer that ``json`` wrote; nil for anything else.
    public init?(json value: JSONValue?) {
        guard let value, let model = value["model"]?.stringValue,
            let form = value["form"]?.stringValue.flatMap(AnswerForm.init(rawValue:))
        else { return nil }
        self.init(
            model: model, reported: value["reported"]?.stringValue, form: form,
            hasUsage: value["usage"]?.stringValue == "reported")
    }
}
