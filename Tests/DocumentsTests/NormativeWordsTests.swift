import Documents
import Testing

@Suite struct NormativeWordsTests {
    @Test(arguments: [
        ("A name must end with a full stop.", NormativeWords.requires),
        ("A reader SHALL stop.", .requires),
        ("Two colons in a row are not permitted.", .forbids),
        ("A key must\nnot be empty.", .forbids),
        ("It can’t be empty.", .forbids),
        ("Blank lines may be left between records.", .allows),
        ("The label is optional.", .allows),
        ("A label is not required.", .allows),
        ("A reader does not have to keep it.", .allows),
        ("A name must be given, a label is not required.", .requires),
        ("Tabs are not recommended.", .forbids),
        ("A lone ` must be doubled.", .requires),
        ("Names may only contain letters.", .requires),
        ("No line breaks are allowed in a name.", .forbids),
        ("No name may be empty.", .forbids),
        ("There is no limit, but tabs are allowed.", .allows),
        ("A record with no name can be left out.", .allows),
        ("There is no way to write a bar in a name.", .forbids),
        ("If a number cannot be kept, an error must be thrown.", .requires),
        ("If a number can be kept, it is.", .allows),
        ("A reader should feel free to sort them.", .allows),
        ("Its size is implementation-defined.", .allows),
        ("Rounding, if required, is implementation-specific.", .allows),
        ("Long names are discouraged.", .allows),
    ])
    func `a normative word decides`(sentence: String, kind: NormativeWords) {
        #expect(NormativeWords(in: sentence) == kind)
    }

    @Test(arguments: [
        "Most people find this format easy to read.",
        "The word `must` stands in a code span.",
        "So does ``it `must` be``, with two marks.",
        "Mustard and canaries are no key words.",
        "",
    ])
    func `a sentence without one is left to the model`(sentence: String) {
        #expect(NormativeWords(in: sentence) == nil)
    }
}
