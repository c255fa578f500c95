import JSONSchemas

/// Takes the options in a written answer that shares with votes or offsets prefer.
enum SettledChoices {
    /// `value` with the likeliest option in every field whose shares have either; as it was written where the schema
    /// doesn't admit these options together. What comes out comes out again when it is settled once more.
    ///
    /// `shares`: by pointer, put right already. Each field was weighed behind what the model itself wrote before it.
    static func settle(_ value: JSONValue, by shares: [String: ChoiceShares], schema: JSONSchema) -> JSONValue {
        var settled = value
        for (pointer, weighed) in shares {
            guard let option = weighed.preferred, let tokens = (try? JSONPointer(parsing: pointer))?.tokens else {
                continue
            }
            settled = replacing(settled, tokens[...], with: option)
        }
        return settled == value || schema.validate(settled).isEmpty ? settled : value
    }

    /// Closed fields stand in no list; one that the answer hasn't is left out.
    private static func replacing(
        _ value: JSONValue, _ tokens: ArraySlice<String>, with option: JSONValue
    ) -> JSONValue {
        guard let token = tokens.first else { return option }
        guard var object = value.objectValue, let inner = object[token] else { return value }
        object[token] = replacing(inner, tokens.dropFirst(), with: option)
        return .object(object)
    }
}
