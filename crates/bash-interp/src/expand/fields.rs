//! Fields in the making: field splitting as results arrive, and what was quoted.
//!
//! `IFS` white space folds and is trimmed at both ends; any other `IFS` character ends a field, even an empty one, and
//! swallows the white space around it. Only the results of unquoted expansions are split. A field remembers which of
//! its bytes were quoted, because those are no pattern characters in pathname expansion.

mod separators;

use super::Quoting;
use super::param::ListKind;
use crate::Shell;
use crate::pattern::push_quoted;
use bash_parser::quote::Charset;
use bash_session::Text;
use separators::{Separators, characters_of, first_character};
use std::borrow::Cow;
use std::ops::Range;

/// One field.
#[derive(Debug, Default)]
pub(crate) struct Field {
    text: Vec<u8>,
    quoted: Vec<Range<usize>>,
    /// It exists although it may be empty: something quoted stood there.
    exists: bool,
    /// It holds an unquoted pattern character.
    pattern: bool,
}

/// The fields of a word.
pub(crate) struct Fields {
    ended: Vec<Field>,
    current: Field,
    separators: Separators,
    charset: Charset,
    purpose: Purpose,
    after: After,
    /// How many empty lists like `$@` have come.
    empty_lists: usize,
    /// How many lists with something in them have come, or other things that make a field of empty quotes.
    filled_lists: usize,
    /// Results of unquoted expansions are split.
    splits_results: bool,
    /// A list like `$@` stands in the same double quotes.
    beside_list: bool,
    /// Literal characters of `IFS` are no pattern characters: so it is beside an unquoted expansion.
    keeps_separators: bool,
    /// How long one field may become, and whether something was left out because of that.
    room: usize,
    is_over: bool,
}

/// What a word is expanded for, as far as it says how lists are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Any number of fields.
    Fields,
    /// One text: the word of `case`, a pattern, a subscript.
    Text,
    /// One text that is assigned, or a here-string.
    Assigned,
    /// One text that a declaration command is given: empty `IFS` joins lists by blanks.
    Declared,
    /// One text that is assigned to `[0]=` among the words of an indexed array: lists are joined as `$*` is.
    Element,
    /// The body of a here-document.
    Document,
    /// The body of a here-document in which `$@` stands, so that `$*` is joined by blanks too.
    DocumentWithList,
}

/// What was done to a list before it is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListForm {
    /// Nothing: `$@`.
    Plain,
    /// Nothing: `${a[@]}`. Its star form does not care what else stands in a here-document.
    PlainArray,
    /// It was cut: `${@:1}`.
    Cut,
    /// A pattern was replaced in it: `${@/x/y}`.
    Operated,
    /// It was trimmed or transformed: `${@#x}`, `${@@Q}`.
    Transformed,
}

/// A place in fields in the making.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    ended: usize,
    length: usize,
    empty_lists: usize,
    filled_lists: usize,
    existed: bool,
}

/// What ended the last field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// Nothing yet, or text followed.
    Text,
    /// White space of `IFS`.
    Space,
    /// Another character of `IFS`.
    Separator,
}

impl Fields {
    /// Fields that split.
    pub(crate) fn splitting(shell: &Shell) -> Fields {
        Fields {
            ended: Vec::new(),
            current: Field::default(),
            separators: Separators::of(shell),
            charset: shell.session.charset,
            purpose: Purpose::Fields,
            after: After::Text,
            empty_lists: 0,
            filled_lists: 0,
            splits_results: true,
            beside_list: false,
            keeps_separators: false,
            room: shell.text_room(),
            is_over: false,
        }
    }

    /// Whether a field would have become longer than a text may be.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    /// How many bytes the fields hold.
    pub(crate) fn length(&self) -> usize {
        self.current.text.len() + self.ended.iter().map(|field| field.text.len()).sum::<usize>()
    }

    /// Whether the current field may grow by `text`.
    #[inline]
    fn takes(&mut self, text: &[u8]) -> bool {
        let takes = text.len() <= self.room.saturating_sub(self.current.text.len());
        self.is_over |= !takes;
        takes
    }

    fn push_unquoted(&mut self, text: &[u8]) {
        if self.takes(text) {
            self.current.push_unquoted(text);
        }
    }

    /// One field that takes everything.
    pub(crate) fn joining(shell: &Shell, purpose: Purpose) -> Fields {
        Fields { purpose, ..Fields::splitting(shell) }
    }

    /// An empty text came that counts as something beside an empty list.
    pub(crate) fn note_null(&mut self) {
        self.filled_lists += 1;
    }

    /// Results stay whole; what joins lists is as ever.
    pub(crate) fn split_nothing(&mut self) {
        self.splits_results = false;
    }

    /// Whether a list like `$@` stands in the double quotes that begin; what was so before.
    pub(crate) fn set_beside_list(&mut self, beside: bool) -> bool {
        std::mem::replace(&mut self.beside_list, beside)
    }

    /// Where the fields are now.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            ended: self.ended.len(),
            length: self.current.text.len(),
            empty_lists: self.empty_lists,
            filled_lists: self.filled_lists,
            existed: self.current.exists,
        }
    }

    /// Double quotes that began at `mark` end. They make no field if there was an empty list in them and nothing else.
    pub(crate) fn end_quotes(&mut self, mark: Mark) {
        let same = self.ended.len() == mark.ended && self.current.text.len() == mark.length;
        let only_empty = self.empty_lists > mark.empty_lists && self.filled_lists == mark.filled_lists;
        self.current.exists = !same || mark.existed || !only_empty;
    }

    /// An unquoted expansion stands in the word: literal characters of `IFS` beside it are plain.
    pub(crate) fn keep_separators(&mut self) {
        self.keeps_separators = matches!(&self.separators, Separators::Custom(characters)
            if characters.iter().any(|byte| is_pattern_character(*byte) || *byte == b']'));
    }

    /// `IFS` was changed by an expansion in the word.
    pub(crate) fn follow_ifs(&mut self, shell: &Shell) {
        self.separators = Separators::of(shell);
    }

    /// A list like `$@` was empty.
    pub(crate) fn note_empty_list(&mut self) {
        self.empty_lists += 1;
    }

    /// Whether the value is to be assigned.
    pub(crate) fn is_assigned(&self) -> bool {
        matches!(self.purpose, Purpose::Assigned | Purpose::Declared | Purpose::Element)
    }

    fn splits(&self) -> bool {
        self.purpose == Purpose::Fields
    }

    /// Unquoted literal text: not split, may be a pattern.
    pub(crate) fn push_literal(&mut self, text: &[u8]) {
        self.after = After::Text;
        self.current.exists = true;
        match (&self.separators, self.keeps_separators) {
            (Separators::Custom(characters), true) => {
                let characters = characters.clone();
                for piece in
                    text.chunk_by(|left, right| characters.contains(left) == characters.contains(right))
                {
                    match characters.contains(&piece[0]) {
                        true => self.push_quoted(piece),
                        false => self.push_unquoted(piece),
                    }
                }
            }
            _ => self.push_unquoted(text),
        }
    }

    /// Quoted text; even an empty one makes a field.
    pub(crate) fn push_quoted(&mut self, text: &[u8]) {
        self.after = After::Text;
        self.current.exists = true;
        if !text.is_empty() && self.takes(text) {
            let start = self.current.text.len();
            self.current.text.extend_from_slice(text);
            match self.current.quoted.last_mut() {
                Some(last) if last.end == start => last.end = self.current.text.len(),
                _ => self.current.quoted.push(start..self.current.text.len()),
            }
        }
    }

    /// The result of an expansion.
    pub(crate) fn push_result(&mut self, text: &[u8], quoting: Quoting) {
        match quoting {
            Quoting::Double => self.push_quoted(text),
            _ if self.splits() => self.push_split(text),
            _ => self.push_unquoted(text),
        }
    }

    /// The elements of `$@`, `$*` or an array, in double quotes or not.
    pub(crate) fn push_list(&mut self, items: &[Text], (list, form): (ListKind, ListForm), quoting: Quoting) {
        if items.is_empty() && list == ListKind::At {
            self.note_empty_list();
        }
        self.filled_lists += usize::from(!items.is_empty());
        if self.splits() && quoting == Quoting::Operand && list == ListKind::At && self.joins_with_text() {
            return self.push_joined_by_blanks(items);
        }
        let is_changed = !matches!(form, ListForm::Plain | ListForm::PlainArray);
        let is_separate = list == ListKind::At || is_changed && self.beside_list;
        let separate = self.splits() && (quoting != Quoting::Double || is_separate);
        for (number, item) in items.iter().enumerate() {
            if number > 0 {
                match (separate, list) {
                    (true, _) => self.break_between_items(quoting),
                    (false, ListKind::At) => self.push_between_joined(form, quoting),
                    (false, ListKind::Star) => self.push_joiner(form, quoting),
                }
            }
            match (form, list, self.purpose, quoting) {
                (ListForm::Cut, ListKind::Star, Purpose::Assigned, Quoting::Unquoted) => {
                    self.push_result(&without_marks(item), quoting);
                }
                _ => self.push_result(item, quoting),
            }
        }
    }

    /// What stands between the items of `$@` where there is one field only. An assignment joins what an operator has
    /// changed as if it were `$*`, but not all of that outside quotes.
    fn push_between_joined(&mut self, form: ListForm, quoting: Quoting) {
        let like_star = match form {
            ListForm::Plain | ListForm::PlainArray => false,
            ListForm::Cut | ListForm::Operated => quoting == Quoting::Double,
            ListForm::Transformed => true,
        };
        match self.joiner() {
            joiner
                if !joiner.is_empty()
                    && (self.purpose == Purpose::Element && quoting != Quoting::Operand
                        || self.is_assigned() && like_star) =>
            {
                let joiner = joiner.to_vec();
                self.push_result(&joiner, Quoting::Double);
            }
            _ => self.push_result(b" ", Quoting::Double),
        }
    }

    /// The `declare -a name=` before a transformed array, the `set -- ` before parameters: split even in double quotes,
    /// and at blanks if `IFS` is empty, unless one field is wanted.
    pub(crate) fn push_lead(&mut self, lead: &[u8], list: ListKind, quoting: Quoting) {
        if !self.splits() || (quoting == Quoting::Double && list == ListKind::Star) {
            return self.push_result(lead, quoting);
        }
        let separators = self.separators.clone();
        if matches!(separators, Separators::None) {
            self.separators = Separators::Default;
        }
        self.push_split(lead);
        self.separators = separators;
    }

    /// `${x-$@}` where `IFS` begins with no white space: Bash 5.3 was seen to keep each item whole, and to split at the
    /// blanks between them only if `IFS` has the blank.
    fn push_joined_by_blanks(&mut self, items: &[Text]) {
        for (number, item) in items.iter().enumerate() {
            if number > 0 {
                self.push_split(b" ");
            }
            self.push_quoted(item);
        }
    }

    /// The character that `"$*"` joins with.
    pub(crate) fn joiner(&self) -> &[u8] {
        match &self.separators {
            Separators::Default => b" ",
            Separators::None => b"",
            Separators::Custom(characters) => first_character(characters, self.charset),
        }
    }

    /// The current field is a pattern, whatever its characters.
    pub(crate) fn mark_pattern(&mut self) {
        self.current.pattern = true;
    }

    /// Ends the word: what has come so far is a field of its own.
    pub(crate) fn end_word(&mut self) {
        if self.current.exists || !self.current.text.is_empty() {
            self.ended.push(std::mem::take(&mut self.current));
        }
        self.after = After::Text;
    }

    /// The fields that have ended.
    pub(crate) fn take(self) -> Vec<Field> {
        self.ended
    }

    /// The one field of [`Fields::joining`].
    pub(crate) fn into_joined(self) -> Field {
        self.current
    }

    fn push_joiner(&mut self, form: ListForm, quoting: Quoting) {
        let joiner = match (self.purpose, self.joiner()) {
            (Purpose::DocumentWithList, joiner) if form != ListForm::PlainArray && !joiner.is_empty() => b" ",
            (Purpose::Text | Purpose::Assigned, b"") if quoting == Quoting::Operand => b" ",
            (Purpose::Declared | Purpose::Element, b"") if quoting != Quoting::Double => b" ",
            (_, joiner) => joiner,
        }
        .to_vec();
        self.push_result(&joiner, quoting);
    }

    fn break_between_items(&mut self, quoting: Quoting) {
        if quoting == Quoting::Double {
            self.ended.push(std::mem::take(&mut self.current));
            self.after = After::Text;
        } else if self.joins_with_text() {
            self.separate(After::Separator);
        } else if matches!(self.separators, Separators::None) {
            self.end_word();
        } else {
            self.separate(After::Space);
        }
    }

    /// Whether the first character of `IFS` is no white space: then empty items between others are fields.
    fn joins_with_text(&self) -> bool {
        match &self.separators {
            Separators::Custom(characters) => {
                characters.first().is_some_and(|byte| kind_of(*byte) != Some(After::Space))
            }
            _ => false,
        }
    }

    fn push_split(&mut self, text: &[u8]) {
        match &self.separators {
            _ if !self.splits_results => self.push_unquoted(text),
            Separators::None => self.push_unquoted(text),
            Separators::Default => {
                self.split_at(text, |_| Some(After::Space), |byte| matches!(byte, b' ' | b'\t' | b'\n'))
            }
            Separators::Custom(characters) => {
                let characters = characters.clone();
                let is_coded = matches!(self.charset, Charset::Coded(_));
                if characters.is_ascii() && !is_coded {
                    self.split_at(text, kind_of, |byte| characters.contains(&byte));
                } else {
                    self.split_at_characters(text, &characters);
                }
            }
        }
    }

    fn split_at(&mut self, text: &[u8], kind: fn(u8) -> Option<After>, separates: impl Fn(u8) -> bool) {
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.iter().position(|byte| separates(*byte)).unwrap_or(rest.len());
            if end > 0 {
                self.after = After::Text;
                self.push_unquoted(&rest[..end]);
            }
            if end == rest.len() {
                return;
            }
            self.separate(kind(rest[end]).unwrap_or(After::Separator));
            rest = &rest[end + 1..];
        }
    }

    fn split_at_characters(&mut self, text: &[u8], characters: &[u8]) {
        let mut rest = text;
        while !rest.is_empty() {
            let character = first_character(rest, self.charset);
            let separates = characters_of(characters, self.charset).any(|known| known == character);
            if separates {
                self.separate(kind_of(character[0]).unwrap_or(After::Separator));
            } else {
                self.after = After::Text;
                self.push_unquoted(character);
            }
            rest = &rest[character.len()..];
        }
    }

    /// A separator has come.
    fn separate(&mut self, kind: After) {
        let has_field = self.current.exists || !self.current.text.is_empty();
        match (kind, has_field) {
            (After::Space, true) => {
                self.ended.push(std::mem::take(&mut self.current));
                self.after = After::Space;
            }
            (After::Space, false) => {}
            (_, false) if self.after == After::Space && !self.ended.is_empty() => {
                self.after = After::Separator
            }
            _ => {
                self.ended.push(std::mem::take(&mut self.current));
                self.after = After::Separator;
            }
        }
    }
}

/// What an assignment makes of an item of `${*:1}`. Bash marks quoted bytes by a byte 1 before them and an empty quoted text
/// by a byte 127, and here takes those that come from outside for its own.
fn without_marks(item: &[u8]) -> Cow<'_, [u8]> {
    if !item.iter().any(|byte| matches!(byte, 1 | 127)) {
        return Cow::Borrowed(item);
    }
    let mut kept = Vec::with_capacity(item.len());
    let mut bytes = item.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            1 => kept.push(bytes.next().unwrap_or(byte)),
            127 => {}
            byte => kept.push(byte),
        }
    }
    Cow::Owned(kept)
}

/// Whether a bracket is open at the end of an unquoted piece of a pattern.
fn opens_bracket(text: &[u8], was_open: bool) -> bool {
    match text.iter().rposition(|byte| matches!(byte, b'[' | b']' | b'/')) {
        None => was_open,
        Some(at) => text[at] == b'[',
    }
}

fn is_pattern_character(byte: u8) -> bool {
    matches!(byte, b'*' | b'?' | b'[' | b'\\')
}

/// Which kind of separator a byte of `IFS` is.
fn kind_of(byte: u8) -> Option<After> {
    Some(if matches!(byte, b' ' | b'\t'..=b'\r') { After::Space } else { After::Separator })
}

impl Shell {
    /// Splits a text as an unquoted expansion is split.
    pub fn split_fields(&self, text: &[u8]) -> Vec<Text> {
        let mut fields = Fields::splitting(self);
        fields.push_result(text, Quoting::Unquoted);
        fields.end_word();
        fields.take().into_iter().map(Field::into_text).collect()
    }

    /// The character that `"$*"` joins with.
    pub fn ifs_joiner(&self) -> Vec<u8> {
        Fields::joining(self, Purpose::Text).joiner().to_vec()
    }
}

impl Field {
    /// Whether pathname expansion applies.
    pub(crate) fn is_pattern(&self) -> bool {
        self.pattern
    }

    /// Its text, quotes removed.
    pub(crate) fn into_text(self) -> Text {
        self.text.into()
    }

    /// Its text as bytes.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Its text as a pattern: what was quoted is preceded by backslashes.
    pub(crate) fn into_pattern(self, charset: Charset) -> Vec<u8> {
        self.pattern_text(charset)
    }

    /// See [`Field::into_pattern`].
    fn pattern_text(&self, charset: Charset) -> Vec<u8> {
        let mut pattern = Vec::with_capacity(self.text.len() + 8);
        let mut at = 0;
        for range in &self.quoted {
            pattern.extend_from_slice(&self.text[at..range.start]);
            push_quoted(&mut pattern, &self.text[range.clone()], charset);
            at = range.end;
        }
        pattern.extend_from_slice(&self.text[at..]);
        pattern
    }

    /// The same for pathname expansion, where a quoted slash within brackets does not end the name: `[a\/b]`.
    pub(crate) fn path_pattern(&self) -> Vec<u8> {
        if !self.text.contains(&b'[') {
            return self.pattern_text(Charset::Utf8);
        }
        let (mut pattern, mut in_bracket) = (Vec::with_capacity(self.text.len() + 8), false);
        let pieces = self.pieces();
        for (number, (text, is_quoted)) in pieces.iter().enumerate() {
            let closes = pieces[number..].iter().any(|(text, quoted)| !quoted && text.contains(&b']'));
            match is_quoted {
                true => {
                    for part in text.split_inclusive(|byte| *byte == b'/') {
                        let (name, slash) =
                            part.strip_suffix(b"/").map_or((part, &b""[..]), |name| (name, b"/"));
                        push_quoted(&mut pattern, name, Charset::Utf8);
                        if in_bracket && closes && !slash.is_empty() {
                            pattern.push(b'\\');
                        }
                        pattern.extend_from_slice(slash);
                    }
                }
                false => {
                    in_bracket = opens_bracket(text, in_bracket);
                    pattern.extend_from_slice(text);
                }
            }
        }
        pattern
    }

    /// The pieces of its text, each with whether it was quoted.
    pub(crate) fn pieces(&self) -> Vec<(&[u8], bool)> {
        let (mut pieces, mut at) = (Vec::new(), 0);
        for range in &self.quoted {
            pieces.push((&self.text[at..range.start], false));
            pieces.push((&self.text[range.clone()], true));
            at = range.end;
        }
        pieces.push((&self.text[at..], false));
        pieces.retain(|(text, _)| !text.is_empty());
        pieces
    }

    fn push_unquoted(&mut self, text: &[u8]) {
        self.pattern |= text.iter().any(|byte| is_pattern_character(*byte));
        self.text.extend_from_slice(text);
    }
}
