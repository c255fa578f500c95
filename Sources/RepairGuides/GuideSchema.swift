import JSONSchemas

/// The schema of a guide: the text of the workflow's `guide.schema.json`, which a test holds to be the same.
///
/// It stands here because what checks a guide reads no file.
public enum GuideSchema {
    /// The schema, compiled.
    static let schema: JSONSchema = {
        do {
            return try JSONSchema(try JSONValue(parsing: text))
        } catch {
            preconditionFailure("The schema of a guide can't be used: \(error)")
        }
    }()

    /// The schema as it is published.
    public static let text = #"""
        {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "$id": "guide.schema.json",
          "title": "Repair guide",
          "description": "What repair-guide makes of a runbook and can run. Beyond this schema: ids are unique, references name something, and no step leads back to itself.",
          "type": "object",
          "required": ["guide", "steps"],
          "additionalProperties": false,
          "properties": {
            "$schema": { "type": "string" },
            "guide": { "const": 1, "description": "The version of this format." },
            "title": { "type": "string" },
            "applies_to": { "type": "string" },
            "symptom": { "type": "string" },
            "commands": { "type": "array", "items": { "$ref": "#/definitions/command" }, "description": "The only commands that steps can name." },
            "cautions": { "type": "array", "items": { "$ref": "#/definitions/caution" } },
            "steps": { "type": "array", "minItems": 1, "maxItems": 100, "items": { "$ref": "#/definitions/step" } }
          },
          "definitions": {
            "command": {
              "type": "object",
              "required": ["id", "quote", "argv"],
              "additionalProperties": false,
              "properties": {
                "id": { "type": "string", "minLength": 1 },
                "quote": { "type": "string", "minLength": 1, "description": "The command as the source writes it." },
                "byte_start": { "type": "integer", "minimum": 0 },
                "byte_end": { "type": "integer", "minimum": 0 },
                "argv": { "type": "array", "items": { "type": "string" }, "description": "Its words, a hole written {NAME}; no shell reads them." },
                "holes": { "type": "object", "additionalProperties": { "enum": ["integer", "word", "path"] } },
                "only_shown_because": { "type": "string", "description": "Why it is left to a person: it needs a shell, or is a query." }
              }
            },
            "caution": {
              "type": "object",
              "required": ["id", "quote"],
              "additionalProperties": false,
              "properties": {
                "id": { "type": "string", "minLength": 1 },
                "quote": { "type": "string", "minLength": 1 },
                "byte_start": { "type": "integer", "minimum": 0 },
                "byte_end": { "type": "integer", "minimum": 0 },
                "protects": { "type": "array", "items": { "type": "string", "minLength": 1 }, "description": "Files and folders that no command may name or change: paths below the folder under repair, without `..`." },
                "stops_if": { "type": "string", "description": "The condition under which a person takes over." },
                "forbids": {
                  "type": "object",
                  "required": ["verb", "key", "value"],
                  "additionalProperties": false,
                  "description": "A command that must not run while a setting has a value.",
                  "properties": { "verb": { "type": "string" }, "key": { "type": "string" }, "value": { "type": "string" } }
                },
                "unheld": { "type": "array", "items": { "type": "string" }, "description": "What it names and no check can hold; a person is asked before the first change." }
              }
            },
            "step": {
              "type": "object",
              "required": ["id", "kind", "quote"],
              "additionalProperties": false,
              "properties": {
                "id": { "type": "string", "minLength": 1 },
                "kind": { "enum": ["diagnose", "mitigate", "verify", "escalate"] },
                "quote": { "type": "string", "minLength": 1, "description": "The instruction." },
                "byte_start": { "type": "integer", "minimum": 0 },
                "byte_end": { "type": "integer", "minimum": 0 },
                "details": {
                  "type": "array",
                  "description": "The list under the instruction, item by item, for people to read.",
                  "items": {
                    "type": "object",
                    "required": ["quote"],
                    "additionalProperties": false,
                    "properties": {
                      "quote": { "type": "string", "minLength": 1 },
                      "byte_start": { "type": "integer", "minimum": 0 },
                      "byte_end": { "type": "integer", "minimum": 0 }
                    }
                  }
                },
                "section": { "type": "string" },
                "command": { "type": "string", "description": "The id of a command." },
                "reads": { "type": "array", "items": { "type": "string" }, "description": "Files to look at." },
                "only_if": { "type": "string" },
                "expects": {
                  "type": "array",
                  "items": {
                    "anyOf": [
                      { "type": "object", "required": ["exits"], "additionalProperties": false, "properties": { "exits": { "type": "integer" } } },
                      { "type": "object", "required": ["silent"], "additionalProperties": false, "properties": { "silent": { "const": true } } },
                      { "type": "object", "required": ["prints"], "additionalProperties": false, "properties": { "prints": { "type": "string" } } },
                      { "type": "object", "required": ["says"], "additionalProperties": false, "properties": { "says": { "type": "string" } } },
                      { "type": "object", "required": ["lists"], "additionalProperties": false, "properties": { "lists": { "type": "string" } } },
                      { "type": "object", "required": ["prints_edited_value"], "additionalProperties": false, "properties": { "prints_edited_value": { "const": true } } },
                      {
                        "type": "object",
                        "required": ["setting", "file", "at_least"],
                        "additionalProperties": false,
                        "properties": { "setting": { "type": "string" }, "file": { "type": "string" }, "at_least": { "type": "integer" } }
                      },
                      { "type": "object", "required": ["fault_if_says"], "additionalProperties": false, "properties": { "fault_if_says": { "type": "string" } } },
                      { "type": "object", "required": ["no_other_lines"], "additionalProperties": false, "properties": { "no_other_lines": { "const": true } } },
                      { "type": "object", "required": ["words"], "additionalProperties": false, "properties": { "words": { "type": "string" } } }
                    ]
                  }
                },
                "edits": {
                  "type": "array",
                  "items": {
                    "anyOf": [
                      { "type": "object", "required": ["set", "to"], "additionalProperties": false, "properties": { "set": { "type": "string" }, "to": { "type": "string" } } },
                      { "type": "object", "required": ["rename"], "additionalProperties": false, "properties": { "rename": { "const": "misspelt_key" } } }
                    ]
                  }
                },
                "hazards": { "type": "array", "items": { "type": "string" }, "description": "Cautions shown before the step." },
                "undo": { "enum": ["restore_folder", "none"] },
                "next": { "anyOf": [{ "type": "string" }, { "type": "null" }], "description": "The next step; none ends the guide." }
              }
            }
          }
        }
        """#
}
