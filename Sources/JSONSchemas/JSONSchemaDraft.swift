extension JSONSchema {
    /// An edition of the specification.
    public enum Draft: String, Hashable, Sendable, CaseIterable, Comparable {
        /// Draft 4, read as draft 7 with its `id` and its boolean `exclusiveMinimum` and `exclusiveMaximum`.
        case draft4 = "draft-04"
        /// Draft 6, read as draft 7.
        case draft6 = "draft-06"
        /// Draft 7.
        case draft7 = "draft-07"
        /// Draft 2019-09, read as 2020-12 with its form of `items`.
        case draft2019 = "2019-09"
        /// Draft 2020-12.
        case draft2020 = "2020-12"

        /// Whether `left` is the older one.
        public static func < (left: Draft, right: Draft) -> Bool {
            left.position < right.position
        }

        private var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }

        /// Whether keywords beside `$ref` count.
        var readsReferenceSiblings: Bool { self == .draft2019 || self == .draft2020 }

        /// The keyword that gives a schema its address.
        var addressKeyword: String { self == .draft4 ? "id" : "$id" }

        /// Whether an address is the one that always means the newest draft.
        static func isNewest(_ metaschema: String) -> Bool {
            metaschema.hasSuffix("//json-schema.org/schema#") || metaschema.hasSuffix("//json-schema.org/schema")
        }

        /// The draft that the address of a metaschema names.
        init?(metaschema: String) {
            var address = Substring(metaschema)
            if address.hasSuffix("#") { address.removeLast() }
            for scheme in ["http://", "https://"] where address.hasPrefix(scheme) {
                address.removeFirst(scheme.utf8.count)
            }
            switch address {
            case "json-schema.org/draft-04/schema": self = .draft4
            case "json-schema.org/draft-06/schema": self = .draft6
            case "json-schema.org/draft-07/schema": self = .draft7
            case "json-schema.org/draft/2019-09/schema": self = .draft2019
            case "json-schema.org/draft/2020-12/schema": self = .draft2020
            default: return nil
            }
        }
    }

    /// How a schema is read.
    public struct Options: Hashable, Sendable {
        /// Whether a value must have the form that a known `format` names. The specification lets `format` be a remark;
        /// who constrains a generator by a schema wants it kept.
        public var assertsFormats: Bool
        /// The draft of a schema without `$schema`.
        public var draft: Draft

        /// Options with these values.
        public init(assertsFormats: Bool = true, draft: Draft = .draft2020) {
            self.assertsFormats = assertsFormats
            self.draft = draft
        }
    }

    /// Something in a schema that is let pass but may not do what its author meant.
    public struct Warning: Hashable, Sendable, CustomStringConvertible {
        /// The keyword.
        public let keyword: String
        /// The subschema that holds it.
        public let pointer: JSONPointer
        /// What it is about, as the rest of a sentence that starts with the keyword.
        public let reason: String

        /// One sentence.
        public var description: String { "`\(keyword)` at `#\(pointer)` \(reason)." }
    }
}
