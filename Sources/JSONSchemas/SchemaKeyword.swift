/// The keywords that are enforced or steer how others are read.
enum SchemaKeyword: String, CaseIterable {
    case type, `enum`, const
    case properties, required, patternProperties, additionalProperties, propertyNames, minProperties, maxProperties
    case dependentRequired, dependentSchemas, dependencies, unevaluatedProperties
    case prefixItems, items, additionalItems, contains, minContains, maxContains, minItems, maxItems, uniqueItems
    case unevaluatedItems
    case minLength, maxLength, pattern, format
    case minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf
    case allOf, anyOf, oneOf, not, `if`, then, `else`
    case reference = "$ref"
    case dynamicReference = "$dynamicRef"
    case recursiveReference = "$recursiveRef"
    case definitions, newDefinitions = "$defs"
    case metaschema = "$schema"

    static let named: [String: SchemaKeyword] = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    /// Where other schemas stand in a keyword's value.
    enum Content {
        case schema, list, members, schemaOrList, membersOrNames
    }

    /// Where other schemas stand in the value of the keyword `name`, if they do.
    static func content(of name: String) -> Content? {
        switch name {
        case "additionalProperties", "propertyNames", "unevaluatedProperties", "additionalItems", "contains",
            "unevaluatedItems", "not", "if", "then", "else", "contentSchema":
            .schema
        case "allOf", "anyOf", "oneOf", "prefixItems": .list
        case "properties", "patternProperties", "dependentSchemas", "$defs", "definitions": .members
        case "items": .schemaOrList
        case "dependencies": .membersOrNames
        default: nil
        }
    }
}
