import JSONSchemas

/// What a conjunction is made of while a goal is expanded.
enum Requirement: Sendable {
    /// All that a literal says.
    case literal(Literal)
    /// The keywords of a literal's node itself, without its applicators.
    case own(Literal)
    /// None of the literal's constants or listed values.
    case notListed(Literal)
    case number(NumberRequirement)
    case string(StringRequirement)
    case array(ArrayRequirement)
    case object(ObjectRequirement)
    /// Not this boolean, as 0 or 1.
    case notBoolean(UInt8)
}

enum NumberRequirement: Sendable {
    case lower(NumberBound)
    case upper(NumberBound)
    case notInteger
    case notMultiple(JSONNumber)
}

enum StringRequirement: Sendable {
    case minLength(Int)
    case maxLength(Int)
    case notMatching(StringPattern)
}

enum ArrayRequirement: Sendable {
    case minItems(Int)
    case maxItems(Int)
    /// An element is there and fits.
    case placed(Int, Literal)
    /// Some element from a position on fits.
    case wanted(Int, Literal)
    case counted(Literal, minimum: Int, maximum: Int?)
    case notUnique
    case rest(EvaluatedItems, Literal)
}

enum ObjectRequirement: Sendable {
    case required(String)
    case forbidden(String)
    case minProperties(Int)
    case maxProperties(Int)
    /// The member is there, and its value fits.
    case member(String, Literal)
    case wanted(ObjectDraft.Wanted)
    /// A member breaks `properties`, `patternProperties` or `additionalProperties` of a node, or one of its required
    /// members is absent.
    case broken(Literal)
    case rest(EvaluatedKeys, Literal)
}

/// Elements that keywords have looked at: the first ones, and those that fit a `contains`.
struct EvaluatedItems: Sendable {
    var count = 0
    var isEverything = false
    var fitting: [Literal] = []
}

/// A conjunction that is being expanded.
struct Branch: Sendable {
    var draft = Draft()
    var pending: [Requirement] = []
    /// Disjunctions that are still to be taken apart.
    var choices: [[[Requirement]]] = []
    /// Literals that were taken in already.
    var taken: Set<Literal> = []
}
