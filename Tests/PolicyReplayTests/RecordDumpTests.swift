import JSONSchemas
import PolicyReplay
import Testing

@Suite struct RecordDumpTests {
    @Test func `records are read as they were printed`() {
        let text = """
            - all_day: false
              description: 'Don''t miss: it

                Second line'
              id_: '13'
              people:
              - ann@example.com
              - bob@example.com
              size: 79
              title: "A \\"quoted\\" title that goes \\
                on\\nand on"
            - description: A plain text that
                goes on
              id_: '14'
              people: []
              size: null
              title: Lunch
            """
        let expected: JSONValue = [
            [
                "all_day": false, "description": "Don't miss: it\nSecond line", "id_": "13",
                "people": ["ann@example.com", "bob@example.com"], "size": 79,
                "title": "A \"quoted\" title that goes on\nand on",
            ],
            ["description": "A plain text that goes on", "id_": "14", "people": [], "size": .null, "title": "Lunch"],
        ]
        #expect(RecordDump.value(of: text) == expected)
        #expect(RecordDump.value(of: "- general\n- random") == ["general", "random"])
        #expect(RecordDump.value(of: "a:\n  b: 1\n") == ["a": ["b": 1]])
    }

    @Test(
        arguments: [
            "", "None", "2024-05-15", "Hotel Names: Le Marais\nGood Night\n", "{'message': 'done'}",
            "- a: 1\nand more", "- a: 1\n  a: 2", "- 'never closed", "a: [1, 2]", "a: &x b", "a: |\n  b", "a:\n",
            "- a: \"\\q\"",
        ])
    func `anything else stays one text`(text: String) {
        #expect(RecordDump.value(of: text) == .string(text))
    }
}
