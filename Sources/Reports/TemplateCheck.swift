internal import JSONSchemas

/// Walks a template's tags beside the data, so that a misspelled name is an error and not an empty place.
///
/// A name has to exist in the data or, inside a section, in the section's value. The rows of a list count
/// together: a field that some rows lack is empty there. Where a section's value is null or an empty list,
/// nothing is known about the fields inside, and any name is accepted; its text is not printed anyway.
struct TemplateCheck {
    /// What is known about the values that a section's text may stand for.
    private enum Scope {
        case unknown
        case values([JSONValue])
    }

    let operation: String
    let rawNames: Set<String>
    private var scopes: [(tag: TemplateTag?, scope: Scope)]

    init(data: JSONObject, rawNames: Set<String>, operation: String) {
        self.operation = operation
        self.rawNames = rawNames
        scopes = [(nil, .values([.object(data)]))]
    }

    /// Checks all tags.
    mutating func check(_ tags: [TemplateTag]) throws(ReportError) {
        for tag in tags {
            switch tag.kind {
            case .variable: _ = try resolve(tag)
            case .rawVariable:
                let root = String(tag.name.prefix { $0 != "." })
                guard rawNames.contains(root) else {
                    throw ReportError(
                        .template, operation,
                        "`\(tag.text)` in line \(tag.line) may not be printed unescaped, write `{{\(tag.text)}}`"
                    )
                }
                _ = try resolve(tag)
            case .section: scopes.append((tag, Self.inner(try resolve(tag), of: tag)))
            case .invertedSection:
                _ = try resolve(tag)
                scopes.append((tag, .values([])))
            case .sectionEnd:
                guard let open = scopes.last?.tag, open.text == tag.text else {
                    throw ReportError(
                        .template, operation,
                        "`{{/\(tag.text)}}` in line \(tag.line) doesn't close the open section")
                }
                scopes.removeLast()
            }
        }
        if let open = scopes.last?.tag {
            throw ReportError(
                .template, operation, "the section `\(open.text)` in line \(open.line) is not closed")
        }
    }

    /// What the values inside a section are.
    private static func inner(_ scope: Scope, of tag: TemplateTag) -> Scope {
        guard case .values(let values) = scope else { return .unknown }
        // A question such as `last()` or `empty(x)` opens no new scope; names are looked up further out.
        guard tag.filters.isEmpty else { return .values([]) }
        let known = values.flatMap { $0.arrayValue ?? [$0] }.filter { !$0.isNull && $0.boolValue == nil }
        let isFlag = values.contains { $0.boolValue != nil }
        return known.isEmpty && !isFlag ? .unknown : .values(known)
    }

    /// The values that a tag's name may stand for, or an error naming it.
    private func resolve(_ tag: TemplateTag) throws(ReportError) -> Scope {
        for (position, filter) in tag.filters.enumerated() {
            let isPlace = tag.name.isEmpty && position == tag.filters.count - 1
            let isKnown =
                isPlace ? ReportFilter.placeNames.contains(filter) : ReportFilter(rawValue: filter) != nil
            guard isKnown else {
                throw ReportError(
                    .template, operation, "line \(tag.line) uses the unknown filter `\(filter)`")
            }
        }
        if tag.name.isEmpty || tag.name == "." { return currentScope(tag) }
        // `.name` looks in the current item only.
        let isLocal = tag.name.hasPrefix(".")
        let path = tag.name.split(separator: ".").map(String.init)
        guard let first = path.first else { return .unknown }
        for (_, scope) in scopes.reversed() {
            guard case .values(let values) = scope else { return .unknown }
            let children = values.compactMap { $0[first] }
            if children.isEmpty, isLocal, !values.isEmpty { break }
            if children.isEmpty { continue }
            return try descend(children, path: path.dropFirst(), tag: tag)
        }
        throw missing(tag, first)
    }

    private func descend(
        _ values: [JSONValue], path: ArraySlice<String>, tag: TemplateTag
    ) throws(ReportError) -> Scope {
        var values = values
        for key in path {
            let known = values.filter { !$0.isNull }
            // Null may stand for an object; what it would have is not known.
            if known.isEmpty { return .unknown }
            let children = known.compactMap { $0[key] }
            guard !children.isEmpty else { throw missing(tag, key) }
            values = children
        }
        return .values(values)
    }

    private func currentScope(_ tag: TemplateTag) -> Scope {
        guard tag.name == "." else { return .values([]) }
        return scopes.last { if case .values(let values) = $0.scope { !values.isEmpty } else { true } }?.scope
            ?? .unknown
    }

    private func missing(_ tag: TemplateTag, _ key: String) -> ReportError {
        let place = key == tag.name ? "" : " (in `\(tag.text)`)"
        return ReportError(
            .missingVariable, operation,
            "line \(tag.line) names `\(key)`\(place), which the data doesn't have")
    }
}
