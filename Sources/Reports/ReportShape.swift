internal import JSONSchemas

/// The fields that the values at one place of a report's data have between them.
///
/// A row that lacks a field which another row has shows nothing there. Without this, the template library
/// would look the name up further out and print a value of something else.
struct ReportShape: Sendable {
    /// The fields of the objects at this place.
    private(set) var fields: [String: ReportShape] = [:]
    /// What the lists at this place hold: one shape, or none when there is no list.
    private var items: [ReportShape] = []

    /// The shape of no value.
    static let empty = ReportShape(of: [])

    /// What the items of the lists have.
    var itemShape: ReportShape { items.first ?? .empty }

    /// The joint shape of `values`.
    init(of values: [JSONValue]) {
        var children: [String: [JSONValue]] = [:]
        var elements: [JSONValue] = []
        for value in values {
            for (key, child) in value.objectValue ?? JSONObject() { children[key, default: []].append(child) }
            elements += value.arrayValue ?? []
        }
        fields = children.mapValues(ReportShape.init(of:))
        if !elements.isEmpty { items = [ReportShape(of: elements)] }
    }
}
