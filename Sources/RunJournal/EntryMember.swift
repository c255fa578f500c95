/// What members of entries are called that one room writes and another one reads.
package enum EntryMember {
    /// Of a reading: what a smaller model said that wasn't enough.
    package static let first = "first"
    /// Of a reading: which item it was about.
    package static let item = "item"
    /// Of a reading: what the model wrote.
    package static let written = "written"
    /// Of the end of an agent's step: the usage of a call that came to no end, which no turn's entry has.
    package static let unended = "unended"
    /// What something cost.
    package static let usage = "usage"
}
