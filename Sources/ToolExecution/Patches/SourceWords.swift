/// Words that are no names of a program's own, in most languages.
enum SourceWords {
    /// Words that stand between operands or begin a statement, never for a value.
    static let separating: Set<String> = [
        "and", "or", "not", "in", "is", "return", "if", "else", "elif", "elsif", "elseif", "while", "for",
        "foreach", "lambda", "yield", "def", "class", "import", "from", "assert", "raise", "case", "switch",
        "new", "throw", "let", "var", "const", "func", "function", "fn", "until", "unless", "then", "do",
        "guard", "local", "await", "match", "when", "where", "with", "as", "fi", "done", "esac", "end", "begin",
        "try", "catch", "except", "finally", "default",
    ]

    /// Other words that a change leaves alone: values, types, what languages bring along.
    static let fixed: Set<String> = [
        "None", "True", "False", "nil", "null", "true", "false", "self", "this", "super", "async", "bool",
        "boolean", "break", "byte", "char", "continue", "del", "delete", "double", "echo", "enum", "export",
        "extends", "extern", "final", "float", "global", "goto", "impl", "implements", "inout", "instanceof",
        "int", "interface", "long", "loop", "mod", "module", "mut", "namespace", "nonlocal", "package", "pass",
        "private", "protected", "public", "pub", "print", "range", "len", "repeat", "short", "signed", "sizeof",
        "static", "struct", "throws", "type", "typedef", "typeof", "unsigned", "use", "using", "void", "size_t",
        "string", "String",
    ]

    /// Words with which a line begins that says nothing to be changed.
    static let declaring: Set<String> = [
        "import", "from", "def", "class", "fn", "func", "function", "package", "using", "use", "else",
        "namespace", "struct", "interface", "module", "end",
    ]

    /// Words that one of the others may have been meant for.
    static let twins: [String: [String]] = [
        "and": ["or"], "or": ["and"], "True": ["False"], "False": ["True"], "true": ["false"], "false": ["true"],
        "min": ["max"], "max": ["min"], "any": ["all"], "all": ["any"], "break": ["continue"], "continue": ["break"],
    ]
}
