internal import Foundation
internal import JSONSchemas

/// What a template may do to a value: `{{name(x)}}`, also nested as in `{{fence(json(x))}}`.
enum ReportFilter: String, CaseIterable {
    /// The text as code within a line.
    case code
    /// The text as a block of code on lines of its own.
    case fence
    /// The text as a quotation on lines of its own, line breaks kept.
    case quotation
    /// The value as compact JSON.
    case json
    /// The value as JSON over several lines.
    case pretty
    /// How many items a list has, or fields an object, or characters a text.
    case count
    /// Whether there is nothing in it: null, an empty text, list or object.
    case empty
    /// A part of 1 in percent with one decimal: 0.123 is `12.3 %`.
    case percent
    /// A part of 1 as a bar of ten blocks: 0.42 is `████░░░░░░`. Only nothing has no block, and only all has ten.
    case bar
    /// A number with two decimals.
    case fixed2
    /// A number and one: `index()` counts from 0.
    case plusone

    /// Questions on the place within a list: `{{^last()}}, {{/last()}}`.
    static let placeNames: Set<String> = ["first", "last", "index", "even", "odd"]

    /// The filtered value as the template library takes it; nil prints nothing. A value that isn't a number
    /// passes a filter for numbers unchanged.
    func apply(to value: JSONValue, format: ReportFormat, writing: ReportValue.Writing) -> Any? {
        let text = ReportValue.plainText(of: value)
        func written(_ text: String) -> ReportValue {
            ReportValue(value: .string(text), format: format, writing: .asIs)
        }
        func plain(_ value: JSONValue) -> Any { ReportValue.view(of: value, format: format) }
        switch self {
        case .code: return value.isNull ? nil : written(writing == .asIs ? text : format.code(text))
        case .fence: return value.isNull ? nil : written(writing == .asIs ? text : format.fence(text))
        case .quotation: return value.isNull ? nil : written(writing == .asIs ? text : format.quotation(text))
        case .json: return plain(.string(value.serialized(.spaced)))
        case .pretty: return plain(.string(value.serialized(.pretty)))
        case .count: return plain(.integer(Self.count(of: value)))
        case .empty: return Self.count(of: value) == 0 || value.boolValue == false
        case .percent:
            return value.doubleValue.map { plain(.string(Self.decimal($0 * 100, places: 1) + " %")) }
                ?? plain(value)
        case .bar: return value.doubleValue.map { plain(.string(Self.bar($0))) } ?? plain(value)
        case .fixed2:
            return value.doubleValue.map { plain(.string(Self.decimal($0, places: 2))) } ?? plain(value)
        case .plusone: return value.intValue.map { plain(.integer($0 &+ 1)) } ?? plain(value)
        }
    }

    private static func count(of value: JSONValue) -> Int {
        switch value {
        case .null: 0
        case .array(let items): items.count
        case .object(let object): object.count
        default: plainText(of: value).count
        }
    }

    private static func plainText(of value: JSONValue) -> String { ReportValue.plainText(of: value) }

    private static func bar(_ part: Double) -> String {
        // Written so that a value that is not comparable is nothing.
        guard part > 0 else { return String(repeating: "░", count: 10) }
        let blocks = part >= 1 ? 10 : min(9, max(1, Int((part * 10).rounded())))
        return String(repeating: "█", count: blocks) + String(repeating: "░", count: 10 - blocks)
    }

    /// A number with a fixed number of decimals and a point, whatever the machine's language.
    static func decimal(_ number: Double, places: Int) -> String {
        String(format: "%.\(places)f", locale: Locale(identifier: "en_US_POSIX"), number)
    }
}
