internal import JSONSchemas
internal import Mustache

/// A JSON value as the template library sees it.
///
/// The library writes a value's `renderText`, and that is already escaped for the report's format: the
/// library's own escaping is off, and `{{{x}}}` has nothing to bypass. Sections follow the workflow's idea of
/// true: null, false, an empty text and an empty list are not.
struct ReportValue {
    /// How the text of a value is written.
    enum Writing {
        /// Escaped for the format.
        case escaped
        /// Escaped already: made by a filter of ours, or by another report in the same format.
        case asIs
    }

    let value: JSONValue
    let format: ReportFormat
    var writing = Writing.escaped
    /// What the values at this place have between them.
    var shape = ReportShape.empty

    /// What the library is handed for `value`: a `ReportList` for a list, a `ReportValue` for everything
    /// else.
    static func view(
        of value: JSONValue, format: ReportFormat, writing: Writing = .escaped, shape: ReportShape = .empty
    ) -> Any {
        switch value {
        case .array(let items):
            ReportList(items: items, format: format, writing: writing, shape: shape.itemShape)
        default: Self(value: value, format: format, writing: writing, shape: shape)
        }
    }

    /// The value's text before any escaping: a text itself, a number or boolean as JSON, scalars of a list
    /// joined by ", ".
    static func plainText(of value: JSONValue) -> String {
        switch value {
        case .null: return ""
        case .string(let text): return text
        case .array(let items):
            let hasOnlyScalars = items.allSatisfy { $0.arrayValue == nil && $0.objectValue == nil }
            return hasOnlyScalars ? items.map(plainText).joined(separator: ", ") : value.serialized(.spaced)
        default: return value.serialized(.spaced)
        }
    }
}

extension ReportValue: MustacheCustomRenderable {
    var renderText: String {
        let text = Self.plainText(of: value)
        return writing == .asIs ? text : format.escaped(text)
    }

    var isNull: Bool { value.isNull || value.stringValue == "" || value.boolValue == false }
}

extension ReportValue: MustacheParent {
    func child(named key: String) -> Any? {
        let shape = shape.fields[key]
        if let child = value[key] {
            return Self.view(of: child, format: format, writing: writing, shape: shape ?? .empty)
        }
        return shape == nil ? nil : Self(value: .null, format: format)
    }
}

extension ReportValue: MustacheTransformable {
    func transform(_ name: String) -> Any? {
        ReportFilter(rawValue: name)?.apply(to: value, format: format, writing: writing)
    }
}

/// A list as the template library sees it.
struct ReportList: MustacheSequence, MustacheCustomRenderable, MustacheTransformable {
    let items: [JSONValue]
    let format: ReportFormat
    let writing: ReportValue.Writing
    /// What the items have between them.
    let shape: ReportShape

    func makeIterator() -> IndexingIterator<[Any]> {
        items.map { ReportValue.view(of: $0, format: format, writing: writing, shape: shape) }.makeIterator()
    }

    var renderText: String { ReportValue(value: .array(items), format: format, writing: writing).renderText }

    var isNull: Bool { items.isEmpty }

    func transform(_ name: String) -> Any? {
        ReportFilter(rawValue: name)?.apply(to: .array(items), format: format, writing: writing)
    }
}

/// The whole of a report's data, of which some values are written as they are.
struct ReportRoot: MustacheParent, MustacheCustomRenderable {
    let data: JSONObject
    let format: ReportFormat
    let rawNames: Set<String>
    private let shape: ReportShape

    init(data: JSONObject, format: ReportFormat, rawNames: Set<String>) {
        self.data = data
        self.format = format
        self.rawNames = rawNames
        shape = ReportShape(of: [.object(data)])
    }

    func child(named key: String) -> Any? {
        let writing: ReportValue.Writing = rawNames.contains(key) ? .asIs : .escaped
        return data[key].map {
            ReportValue.view(of: $0, format: format, writing: writing, shape: shape.fields[key] ?? .empty)
        }
    }

    var renderText: String { ReportValue(value: .object(data), format: format).renderText }

    var isNull: Bool { false }
}
