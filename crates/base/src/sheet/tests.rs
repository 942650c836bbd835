use super::*;
use proptest::prelude::*;

fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    file
}

fn open(bytes: &[u8]) -> Result<SheetReader, SheetError> {
    SheetReader::open(file(bytes).path())
}

/// Rows as `line:cell|cell`, errors as `line!key detail`.
fn rows(reader: SheetReader) -> Vec<String> {
    reader
        .map(|row| match row {
            Ok(row) => format!("{}:{}", row.line, row.cells.join("|")),
            Err(error) => format!("{}!{} {}", error.line, error.code.key(), error.detail),
        })
        .collect()
}

fn read(text: &str) -> Vec<String> {
    rows(open(text.as_bytes()).unwrap())
}

#[test]
fn reads_every_dialect() {
    for (text, delimiter) in [
        ("nom,tel\r\nAwa,77\r\n", Delimiter::Comma),
        ("nom;tel\nAwa;77", Delimiter::Semicolon),
        ("\u{FEFF}nom\ttel\n\nAwa\t77\n\n", Delimiter::Tab),
        ("nom|tel\rAwa|77\r", Delimiter::Pipe),
        ("sep=;\r\nnom;tel\r\nAwa;77\r\n", Delimiter::Semicolon),
        ("\"nom\" ;\"tel\"\n\"Awa\";77", Delimiter::Semicolon),
        ("nom;tel;;\nAwa;77;;\n;;;\n", Delimiter::Semicolon),
    ] {
        let reader = open(text.as_bytes()).unwrap();
        assert_eq!(reader.headers()[..2], ["nom", "tel"], "{text:?}");
        assert_eq!(reader.delimiter(), Some(delimiter));
        let found: Vec<_> = reader.map(|row| row.unwrap().cells[..2].join("|")).collect();
        assert_eq!(found, ["Awa|77"], "{text:?}");
    }
    assert_eq!(
        read("adresse\n\"Dakar, Plateau\"\nThiès; Mbour\n"),
        ["2:Dakar, Plateau", "3:Thiès; Mbour"]
    );
}

#[test]
fn reads_every_encoding() {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    for bytes in [
        "prénom;ville\nÉlodie;Nîmes\n".as_bytes().to_vec(),
        b"pr\xE9nom;ville\n\xC9lodie;N\xEEmes\n".to_vec(),
        utf16("prénom;ville\nÉlodie;Nîmes\n", u16::to_le_bytes),
        utf16("prénom;ville\nÉlodie;Nîmes\n", u16::to_be_bytes),
    ] {
        let reader = open(&bytes).unwrap();
        assert_eq!(reader.headers(), ["prénom", "ville"]);
        assert_eq!(rows(reader), ["2:Élodie|Nîmes"]);
    }
    assert_eq!(rows(open(b"a\n\x80 12\n").unwrap()), ["2:€ 12"]);
    // The accent is cut by the end of the chunk in which encodings are told apart.
    let long = format!("a\n{}é\n", "x\n".repeat(32_766));
    assert!(rows(open(long.as_bytes()).unwrap()).last().unwrap().ends_with(":é"));
}

#[test]
fn reports_broken_lines_and_goes_on() {
    let text = "a;b\n1;2\n3\n4;5;6\n7;\"x\ny\"\n8;\"z\"w\n9;\"fin\n10;5\" pipe\n11;'=1+1\n";
    let expected = [
        "2:1|2",
        "3!sheet.row.columns 1/2",
        "4!sheet.row.columns 3/2",
        "5:7|x\ny",
        "7!sheet.row.quote ",
        "8!sheet.row.quote ",
        "9:10|5\" pipe",
        "10:11|=1+1",
    ];
    assert_eq!(read(text), expected);

    let long = "x".repeat(MAX_CELL_CHARS + 1);
    assert_eq!(
        read(&format!("a,b\n1,{long}\n\"{long}\",2\n{},é\n", "é".repeat(MAX_CELL_CHARS))).len(),
        3
    );
    assert_eq!(read(&format!("a,b\n1,{long}\n2,3\n")), ["2!sheet.row.cell_too_long 2", "3:2|3"]);
    // One stray quote does not swallow the file.
    let swallowed = format!("a,b\n1,\"x\n{}", "2,3\n".repeat(200_000));
    let found = read(&swallowed);
    assert_eq!((found.len(), found[0].as_str()), (200_001, "2!sheet.row.quote "));
}

#[test]
fn reports_bytes_that_are_not_text() {
    let found = rows(open("a;b\né;é\nà;ç\n".replace('ç', "\u{1}").as_bytes()).unwrap());
    assert_eq!(found, ["2:é|é", "3:à|\u{1}"]);
    let found = rows(open(b"a;b\n\xC3\xA9;\xC3\xA9\n1;\xFF\n2;3\n").unwrap());
    assert_eq!(found, ["2:é|é", "3!sheet.row.bytes 2", "4:2|3"]);
    let line = [b"a\n".as_slice(), &vec![b'x'; 9 << 20], b"\ny\n"].concat();
    assert_eq!(rows(open(&line).unwrap()), ["2!sheet.row.cell_too_long ", "3:y"]);
}

#[test]
fn refuses_what_is_no_table() {
    let key = |bytes: &[u8]| open(bytes).err().map(|error| error.key());
    assert_eq!(key(b""), Some("sheet.empty"));
    assert_eq!(key(b"\n\r\n ;\n"), Some("sheet.empty"));
    assert_eq!(key(b"%PDF-1.7"), Some("sheet.unsupported"));
    assert_eq!(key(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), Some("sheet.unsupported"));
    assert_eq!(key(b"abc\0\0\0"), Some("sheet.unsupported"));
    assert_eq!(key(b"PK\x03\x04 and then nothing"), Some("sheet.unreadable"));
    assert_eq!(key("a;".repeat(MAX_COLUMNS + 1).as_bytes()), Some("sheet.too_many_columns"));
    assert!(matches!(SheetReader::open("/nowhere"), Err(SheetError::Io(_))));
}

#[test]
fn neutralises_formulas_and_nothing_else() {
    let mut csv = CsvWriter::new(Vec::new(), Delimiter::Semicolon).unwrap();
    csv.write_header(&["a", "b"]).unwrap();
    for (at, text) in
        ["=1+1", "+221775124011", "+221 77 512 40 11", "-12,50", "-1+1", "@x", "+1+2", "'=1"]
            .into_iter()
            .enumerate()
    {
        csv.write_row(&[Cell::Int(-(at as i64)), text.into()]).unwrap();
    }
    csv.write_row(&[Cell::Number(1.5), Cell::Empty]).unwrap();
    let text = String::from_utf8(csv.finish().unwrap()).unwrap();
    let expected = "\u{FEFF}a;b\r\n0;'=1+1\r\n-1;+221775124011\r\n-2;+221 77 512 40 11\r\n-3;-12,50\r\n-4;'-1+1\r\n\
        -5;'@x\r\n-6;'+1+2\r\n-7;''=1\r\n1.5;\r\n";
    assert_eq!(text, expected);
}

fn xlsx(write: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> SheetReader {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet();
    write(book.add_worksheet());
    open(&book.save_to_buffer().unwrap()).unwrap()
}

#[test]
fn reads_spreadsheets_as_they_look() {
    let date = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy hh:mm");
    let code = rust_xlsxwriter::Format::new().set_num_format("00000");
    let phone = rust_xlsxwriter::Format::new().set_num_format("0#\" \"##\" \"##\" \"##\" \"##");
    let reader = xlsx(|sheet| {
        for (at, name) in (0..).zip([" nom ", "tel", "code", "date", "somme"]) {
            sheet.write(1, at, name).unwrap();
        }
        sheet.write(2, 0, "Élodie_x000D_\n").unwrap();
        sheet.write_number(2, 1, 221_775_124_011.0).unwrap();
        sheet.write_number_with_format(2, 2, 1_000.0, &code).unwrap();
        sheet.write_number_with_format(2, 3, 46_110.604_166_666_664, &date).unwrap();
        sheet
            .write_formula(
                2,
                4,
                rust_xlsxwriter::Formula::new("=0.1+0.2").set_result("0.30000000000000004"),
            )
            .unwrap();
        sheet.write(4, 0, "0000100400").unwrap();
        sheet.write_number_with_format(4, 1, 612_345_678.0, &phone).unwrap();
        sheet.write_number_with_format(4, 3, 46_110.0, &date).unwrap();
        sheet.write_number(4, 4, -1e20).unwrap();
        sheet
            .write_formula(5, 0, rust_xlsxwriter::Formula::new("=NA()").set_result("#N/A"))
            .unwrap();
        sheet.write(6, 0, true).unwrap();
        sheet.write(6, 7, "hors du tableau").unwrap();
    });
    assert_eq!(reader.headers(), ["nom", "tel", "code", "date", "somme"]);
    assert_eq!(reader.delimiter(), None);
    let expected = [
        "3:Élodie\r\n|221775124011|01000|2026-03-29 14:30:00|0.3",
        "5:0000100400|0612345678||2026-03-29|-100000000000000000000",
        "6!sheet.row.cell_error 1",
        "7!sheet.row.columns 8/5",
    ];
    assert_eq!(rows(reader), expected);
}

#[test]
fn writes_spreadsheets_that_read_back() {
    let mut writer = XlsxWriter::new("Clients [2026]").unwrap();
    writer.write_header(&["a", "b", "c"]).unwrap();
    let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
    let time = day.and_hms_opt(14, 30, 59).unwrap();
    writer.write_row(&["=1+1".into(), Cell::Date(day), Cell::DateTime(time)]).unwrap();
    writer.write_row(&["+221775124011".into(), Cell::Int(i64::MAX), Cell::Number(12.5)]).unwrap();
    writer.write_row(&[Cell::Number(f64::NAN), Cell::Empty, Cell::Int(-3)]).unwrap();
    let long = "é\r_x0041_".repeat(4_000);
    writer.write_row(&[long.as_str().into(), Cell::Empty, Cell::Empty]).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    writer.finish_to(file.path()).unwrap();
    let expected = [
        "2:=1+1|2026-03-29|2026-03-29 14:30:59",
        "3:+221775124011|9223372036854775807|12.5",
        "4:||-3",
        // Cut to what a spreadsheet holds, which is more than what is read back.
        "5!sheet.row.cell_too_long 1",
    ];
    assert_eq!(rows(SheetReader::open(file.path()).unwrap()), expected);
    assert!(XlsxWriter::new("").unwrap().write_row(&[Cell::Empty; MAX_COLUMNS + 1]).is_err());
}

#[test]
fn a_reader_may_be_dropped_half_way() {
    let mut writer = XlsxWriter::new("s").unwrap();
    writer.write_header(&["n"]).unwrap();
    (0..20_000).for_each(|n| writer.write_row(&[Cell::Int(n)]).unwrap());
    let mut bytes = Vec::new();
    writer.finish(&mut bytes).unwrap();
    assert_eq!(open(&bytes).unwrap().nth(10).unwrap().unwrap().cells, ["10"]);
    assert_eq!(open(&bytes).unwrap().count(), 20_000);
}

/// A workbook whose one sheet is `sheet`, with `shared` as shared texts.
fn archive(sheet: &[u8], shared: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let parts: [(&str, &[u8]); 5] = [
        ("_rels/.rels", br#"<Relationships><Relationship Id="r0" Type="x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
        ("xl/workbook.xml", br#"<workbook xmlns:r="x"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>"#),
        ("xl/_rels/workbook.xml.rels", br#"<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", shared),
    ];
    for (name, bytes) in parts {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn refuses_archives_that_unpack_to_too_much() {
    let sheet = br#"<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>nom</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>Awa</t></is></c></row></sheetData></worksheet>"#;
    let shared = br#"<sst uniqueCount="0"></sst>"#;
    assert_eq!(rows(open(&archive(sheet, shared)).unwrap()), ["2:Awa"]);
    let key =
        |sheet: &[u8], shared: &[u8]| open(&archive(sheet, shared)).err().map(|error| error.key());
    assert_eq!(key(sheet, br#"<sst uniqueCount="9999999999999"></sst>"#), Some("sheet.too_large"));
    let padded = [b"<!-- --><sst>".as_slice(), &[b' '; 70_000], b"</sst>"].concat();
    assert_eq!(key(sheet, &padded), Some("sheet.unreadable"));
    assert_eq!(key(&vec![b'x'; 3 << 20], shared), Some("sheet.too_large"));
    let big = b"<c/>".repeat(1 << 18);
    let within = |bytes: Vec<u8>, all, held| {
        zip_guard::check_within(std::io::Cursor::new(bytes), all, held)
            .err()
            .map(|error| error.key())
    };
    assert_eq!(within(archive(&big, shared), 1 << 22, 1 << 19), None);
    assert_eq!(within(archive(&big, shared), 1 << 19, 1 << 22), Some("sheet.too_large"));
    assert_eq!(within(archive(shared, &big), 1 << 22, 1 << 19), Some("sheet.too_large"));
    let cut = &sheet[..sheet.len() - 30];
    assert_eq!(rows(open(&archive(cut, shared)).unwrap()), ["2!sheet.row.unreadable "]);
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[-=+@'\"0-9 ,;.\t\r\n_xA-F]{0,8}",
        "\\PC{0,12}",
        "[+-][0-9 ,.]{0,12}",
        Just("_x0041_".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn csv_reads_back_what_was_written(
        table in prop::collection::vec(prop::array::uniform2(cell()), 0..8),
        tabs: bool,
    ) {
        let delimiter = if tabs { Delimiter::Tab } else { Delimiter::Semicolon };
        let mut out = CsvWriter::new(Vec::new(), delimiter).unwrap();
        out.write_header(&["un", "deux"]).unwrap();
        for row in &table {
            out.write_row(&row.each_ref().map(|text| Cell::Text(text))).unwrap();
        }
        let found: Vec<_> = open(&out.finish().unwrap()).unwrap().map(|row| row.unwrap().cells).collect();
        let expected: Vec<_> = table.iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
        prop_assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn xlsx_reads_back_what_was_written(table in prop::collection::vec(prop::array::uniform2(cell()), 0..8)) {
        let mut out = XlsxWriter::new("s").unwrap();
        out.write_header(&["un", "deux"]).unwrap();
        for row in &table {
            out.write_row(&row.each_ref().map(|text| Cell::Text(text))).unwrap();
        }
        let mut bytes = Vec::new();
        out.finish(&mut bytes).unwrap();
        let found: Vec<_> = open(&bytes).unwrap().map(|row| row.unwrap().cells).collect();
        let expected: Vec<_> = table.iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
        prop_assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[a\";,\r\n\t|'=]{0,80}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            if let Ok(reader) = open(bytes) {
                let _ = rows(reader);
            }
        }
    }
}
