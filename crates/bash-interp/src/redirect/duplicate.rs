//! `n<&m` `n>&m` `n<&m-` `n>&-`.

use super::{Place, SavedDescriptors};
use crate::{Flow, Shell};
use bash_parser::ast::{DescriptorTarget, Redirect, RedirectOperator, Word, WordPart};
use std::ops::ControlFlow::Continue;

impl Shell {
    /// Duplicates, moves or closes a descriptor; `>& word` with another word is `&> word`.
    pub(super) fn redirect_duplicate(
        &mut self,
        redirect: &Redirect,
        word: &Word,
        place: &Place,
        saved: &mut SavedDescriptors,
    ) -> Flow<bool> {
        let mut fields = Vec::new();
        self.expand_fields(word, &mut fields)?;
        let [text] = &fields[..] else {
            return Continue(self.ambiguous_redirect(word, Some(place))?.is_some());
        };
        let text = text.clone();
        if let (b"", Place::Number(number)) = (&text[..], place) {
            let shown = match redirect.descriptor {
                None => {
                    let mut source = Vec::new();
                    bash_parser::print::word(word, &mut source);
                    source
                }
                Some(_) => number.to_string().into_bytes(),
            };
            self.error([&shown[..], b": Bad file descriptor"].concat());
            return Continue(false);
        }
        if &text[..] == b"-" {
            return self.close_descriptor(place, saved);
        }
        // Only a `-` that is written there moves.
        let moves = is_written_to_move(word);
        let digits = text.strip_suffix(b"-").filter(|_| moves).unwrap_or(&text);
        let number = std::str::from_utf8(digits).ok().filter(|_| digits.iter().all(u8::is_ascii_digit));
        let parsed = number.filter(|digits| !digits.is_empty()).and_then(|digits| digits.parse::<i32>().ok());
        let Some(parsed) = parsed else {
            if number.is_some() {
                let shown = shown_source(redirect, word, moves);
                self.error([&shown[..], b": Bad file descriptor"].concat());
                return Continue(false);
            }
            let is_output = matches!(redirect.descriptor, None | Some(DescriptorTarget::Number(1)));
            if is_output && !moves && redirect.operator == RedirectOperator::DuplicateOutput {
                return self.redirect_both(&text, RedirectOperator::Both, saved);
            }
            return self.no_descriptor(redirect, word, moves);
        };
        let number = parsed;
        let same = matches!(place, Place::Number(target) if *target == number);
        let Some(file) = self.descriptor(number) else {
            if same {
                return Continue(true);
            }
            self.tell_undoable(place, moves);
            let shown = shown_source(redirect, word, moves);
            self.error([&shown[..], b": Bad file descriptor"].concat());
            return Continue(false);
        };
        if same {
            return Continue(true);
        }
        let replaces = match place {
            Place::Number(target) => self.descriptor(*target).is_some(),
            Place::Variable(_) | Place::Element(_) => false,
        };
        if matches!(place, Place::Number(target) if !self.may_be_open(*target)) {
            self.error([digits, b": Bad file descriptor"].concat());
            return Continue(false);
        }
        if !self.set_descriptor(place, file, digits, saved)? {
            return Continue(false);
        }
        if moves {
            // Bash 5.3 was seen to open the source again afterwards only if the target had been open before.
            match replaces {
                true => self.save_descriptor(number, saved),
                false => saved.opened.push(self.session.descriptors.save(number)),
            }
            self.session.descriptors.close(number);
            self.forget_coproc_end(number);
        }
        Continue(true)
    }

    /// `<&word` with a word that is no number.
    fn no_descriptor(&mut self, redirect: &Redirect, word: &Word, moves: bool) -> Flow<bool> {
        let mut shown = match &redirect.descriptor {
            Some(DescriptorTarget::Variable(name)) => name.as_bytes().to_vec(),
            Some(DescriptorTarget::Element(name)) => name.to_vec(),
            _ => self.expanded_for_message(word)?,
        };
        if moves && shown.ends_with(b"-") {
            shown.pop();
        }
        shown.extend_from_slice(b": ambiguous redirect");
        self.error(shown);
        Continue(false)
    }

    /// `n>&-`, `{name}>&-`
    fn close_descriptor(&mut self, place: &Place, saved: &mut SavedDescriptors) -> Flow<bool> {
        let number = match place {
            Place::Number(number) => *number,
            Place::Variable(name) => {
                let number = self.value(*name)?.integer();
                return self.close_stored(number, name.as_bytes(), saved);
            }
            Place::Element(text) => {
                let Some(target) = self.target_from_text(text, crate::SubscriptReading::Expand)? else {
                    return Continue(false);
                };
                let stored = self.read_target(&target)?;
                let number = stored.and_then(|stored| std::str::from_utf8(&stored).ok()?.parse().ok());
                return self.close_stored(number, text, saved);
            }
        };
        self.save_descriptor(number, saved);
        self.session.descriptors.close(number);
        self.forget_coproc_end(number);
        Continue(true)
    }

    /// Closes the descriptor whose number a variable held.
    fn close_stored(
        &mut self,
        number: Option<i64>,
        variable: &[u8],
        saved: &mut SavedDescriptors,
    ) -> Flow<bool> {
        let Some(number) = number.and_then(|number| i32::try_from(number).ok()) else {
            self.error([variable, b": ambiguous redirect"].concat());
            return Continue(false);
        };
        self.save_descriptor(number, saved);
        self.session.descriptors.close(number);
        self.forget_coproc_end(number);
        Continue(true)
    }

    /// The second message about a source that is not open, where Bash would have kept or picked a descriptor.
    fn tell_undoable(&mut self, place: &Place, moves: bool) {
        let keeps = match place {
            Place::Number(target) => {
                moves && self.running_builtin != Some("exec") && self.descriptor(*target).is_some()
            }
            Place::Variable(_) | Place::Element(_) => true,
        };
        if keeps {
            let name = self.error_name();
            let message = b": redirection error: cannot duplicate fd: Bad file descriptor\n";
            self.write_error(&[&name[..], message].concat());
        }
    }
}

/// What a message calls a descriptor that is not open: as it was written, or, if that took an expansion, the one that
/// should have been made of it, unless that is the operator's own.
fn shown_source(redirect: &Redirect, word: &Word, moves: bool) -> Vec<u8> {
    let default = if redirect.operator == RedirectOperator::DuplicateInput { 0 } else { 1 };
    let target = match redirect.descriptor {
        Some(DescriptorTarget::Number(number)) => Some(number),
        None => Some(default),
        Some(_) => None,
    };
    let shows_target = |target: &i32| word.constant.is_none() && (moves || *target != default);
    if let Some(target) = target.filter(shows_target) {
        return target.to_string().into_bytes();
    }
    let mut source = Vec::new();
    bash_parser::print::word(word, &mut source);
    if moves {
        source.pop();
    }
    source
}

fn is_written_to_move(word: &Word) -> bool {
    matches!(word.parts.last(), Some(WordPart::Literal(last)) if last.ends_with(b"-"))
}
