//! What the shell asks before something grows.
//!
//! Each question is one look at an `Option` for a shell without limits.

use super::{Admitted, LimitKind, Limits, Meter, Metered};
use crate::{AssignTarget, Flow, Shell, Unwind};
use bash_host::{Limit, Resource, Signal};
use bash_parser::Name;
use bash_session::{Status, Text, Value};
use std::io;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

const EAGAIN: i32 = 11;
const EFBIG: i32 = 27;

/// The processor's clock is read once in so many commands.
const COMMANDS_BETWEEN_LOOKS: u32 = 256;

impl Shell {
    /// From here on the shell's limits are those of `meter`, which belongs to the run that begins.
    pub fn begin_metering(&mut self, meter: Arc<Meter>) {
        match &mut self.metered {
            Some(metered) => metered.renew(meter),
            None => self.metered = Some(Metered::new(meter)),
        }
        if let Some(metered) = &mut self.metered
            && metered.meter.has_much()
        {
            metered.begin(self.session.footprint());
        }
    }

    /// The meter of the run.
    pub fn meter(&self) -> Option<&Arc<Meter>> {
        self.metered.as_ref().map(|metered| &metered.meter)
    }

    fn limits(&self) -> Option<&Limits> {
        self.metered.as_ref().map(|metered| metered.meter.limits())
    }

    /// Ends the run: a limit would be exceeded.
    #[cold]
    pub fn exceed<T>(&mut self, kind: LimitKind) -> Flow<T> {
        let line = self.session.line;
        if let Some(metered) = &self.metered {
            metered.meter.exceed_on_line(kind, line);
        }
        Break(Unwind::Exit(Status::new(128 + Signal::KILL.number())))
    }

    fn admitted(&mut self, admitted: Admitted, kind: LimitKind) -> Flow<()> {
        match admitted {
            Admitted::Yes => Continue(()),
            Admitted::No => self.exceed(kind),
        }
    }

    /// Before each command.
    #[inline]
    pub(crate) fn admit_command(&mut self) -> Flow<()> {
        match self.metered {
            None => Continue(()),
            Some(_) => self.count_one_command(),
        }
    }

    #[cold]
    fn count_one_command(&mut self) -> Flow<()> {
        let Some(metered) = &mut self.metered else { return Continue(()) };
        metered.meter.tell_untold();
        metered.ticks += 1;
        let is_time_to_look = metered.ticks >= COMMANDS_BETWEEN_LOOKS;
        let admitted = metered.meter.use_command();
        self.admitted(admitted, LimitKind::Commands)?;
        self.count_names()?;
        if is_time_to_look { self.count_cpu_time() } else { Continue(()) }
    }

    /// Something is about to be done that takes as long as so many commands.
    #[inline]
    pub(crate) fn admit_work(&mut self, commands: u64) -> Flow<()> {
        let Some(metered) = &self.metered else { return Continue(()) };
        let admitted = metered.meter.use_commands(commands);
        self.admitted(admitted, LimitKind::Commands)
    }

    fn count_cpu_time(&mut self) -> Flow<()> {
        let now = self.host.thread_cpu_time();
        let Some(metered) = &mut self.metered else { return Continue(()) };
        metered.ticks = 0;
        let Some(before) = metered.cpu_time.replace(now) else { return Continue(()) };
        let admitted = metered.meter.use_cpu_time(now.saturating_sub(before));
        self.admitted(admitted, LimitKind::CpuTime)
    }

    fn count_names(&mut self) -> Flow<()> {
        let made = bash_parser::Name::made_by_this_thread();
        let Some(metered) = &mut self.metered else { return Continue(()) };
        match metered.names.replace(made) {
            Some(before) if made > before => {
                let admitted = metered.meter.use_name(made - before);
                self.admitted(admitted, LimitKind::Names)
            }
            _ => Continue(()),
        }
    }

    /// Before a text is run.
    pub(crate) fn admit_script(&mut self, text: &[u8]) -> Flow<()> {
        let Some(metered) = &self.metered else { return Continue(()) };
        let admitted = metered.meter.compare(LimitKind::ScriptSize, text.len() as u64);
        self.admitted(admitted, LimitKind::ScriptSize)
    }

    /// How deep the parser may go; see [`bash_parser::Dialect`].
    pub(crate) fn parser_depth(&self) -> u32 {
        let own = bash_parser::MAX_NESTING;
        let Some(limits) = self.limits() else { return own };
        u32::try_from(limits.most(LimitKind::ParserDepth)).map_or(own, |most| most.min(own))
    }

    /// One level deeper.
    #[inline]
    pub(crate) fn admit_level(&mut self) -> Flow<()> {
        match self.metered {
            None => Continue(()),
            Some(_) => self.compare_levels(),
        }
    }

    #[cold]
    fn compare_levels(&mut self) -> Flow<()> {
        let Some(metered) = &self.metered else { return Continue(()) };
        let calls = u64::from(self.session.calls.function_depth());
        let nesting = u64::from(self.trace_level.max(self.session.subshell_depth));
        let (calls, nesting) = (
            metered.meter.compare(LimitKind::FunctionDepth, calls),
            metered.meter.compare(LimitKind::Nesting, nesting),
        );
        self.admitted(calls, LimitKind::FunctionDepth)?;
        self.admitted(nesting, LimitKind::Nesting)
    }

    /// The length that no text may exceed.
    #[inline]
    pub fn text_room(&self) -> usize {
        match &self.metered {
            None => usize::MAX,
            Some(metered) => {
                usize::try_from(metered.meter.limits().most(LimitKind::StringSize)).unwrap_or(usize::MAX)
            }
        }
    }

    /// Before a text of this length is made, which the session is to remember.
    #[inline]
    pub fn admit_text(&mut self, length: usize) -> Flow<()> {
        match self.metered {
            None => Continue(()),
            Some(_) => self.admit_text_and_count(length),
        }
    }

    #[cold]
    fn admit_text_and_count(&mut self, length: usize) -> Flow<()> {
        let Some(metered) = &self.metered else { return Continue(()) };
        let admitted = metered.meter.compare(LimitKind::StringSize, length as u64);
        self.admitted(admitted, LimitKind::StringSize)?;
        self.count_made(length)
    }

    /// Before a text of `length` bytes grows by `more`.
    pub(crate) fn admit_growth(&mut self, length: usize, more: usize) -> Flow<()> {
        let Some(metered) = &self.metered else { return Continue(()) };
        let admitted = metered.meter.compare(LimitKind::StringSize, (length + more) as u64);
        self.admitted(admitted, LimitKind::StringSize)?;
        self.count_made(more)
    }

    /// Before a variable is given a value.
    #[cold]
    pub(crate) fn admit_value(&mut self, value: &Value) -> Flow<()> {
        match (&self.metered, value) {
            (None, _) | (_, Value::Unset | Value::Integer(_)) => Continue(()),
            (_, Value::Text(text)) => self.admit_text_and_count(text.len()),
            (_, Value::Indexed(array)) => self.admit_array(array.len(), value),
            (_, Value::Associative(array)) => self.admit_array(array.len(), value),
        }
    }

    #[cold]
    fn admit_array(&mut self, entries: usize, value: &Value) -> Flow<()> {
        self.admit_entries(entries)?;
        self.count_made(value.footprint())
    }

    /// Before an element of this length is added to an indexed array.
    #[inline]
    pub fn admit_new_element(&mut self, array: Name, length: usize) -> Flow<()> {
        match self.metered {
            None => Continue(()),
            Some(_) => {
                self.admit_element(&AssignTarget::Index(array, 0))?;
                self.admit_text_and_count(length)
            }
        }
    }

    /// Before an element is added to an array, if it is.
    #[cold]
    pub(crate) fn admit_element(&mut self, target: &AssignTarget) -> Flow<()> {
        const PLACE: usize = 2 * size_of::<Text>();
        let key = match target {
            AssignTarget::Whole(_) => return Continue(()),
            AssignTarget::Index(..) => 0,
            AssignTarget::Key(_, key) => key.len(),
        };
        let entries = match self.session.variables.get(target.name()).map(|cell| &cell.value) {
            Some(Value::Indexed(array)) => array.len(),
            Some(Value::Associative(array)) => array.len(),
            _ => 0,
        };
        self.admit_entries(entries + 1)?;
        self.count_made(key + PLACE)
    }

    /// Before a list grows to so many elements.
    #[inline]
    pub fn admit_entries(&mut self, count: usize) -> Flow<()> {
        let Some(metered) = &self.metered else { return Continue(()) };
        let admitted = metered.meter.compare(LimitKind::ArrayEntries, count as u64);
        self.admitted(admitted, LimitKind::ArrayEntries)
    }

    /// Before the braces of a word are expanded.
    #[inline]
    pub(crate) fn admit_braces(&mut self, results: u64) -> Flow<()> {
        let Some(metered) = &self.metered else { return Continue(()) };
        let admitted = metered.meter.compare(LimitKind::BraceResults, results);
        self.admitted(admitted, LimitKind::BraceResults)
    }

    /// Whether the search for paths may go on, with so many in hand. If not, the run has been ended.
    pub(crate) fn admits_path(&self, count: usize) -> bool {
        let Some(metered) = &self.metered else { return true };
        let kinds = [
            (LimitKind::Commands, metered.meter.use_commands(1)),
            (LimitKind::ArrayEntries, metered.meter.compare(LimitKind::ArrayEntries, count as u64)),
        ];
        match kinds.iter().find(|(_, admitted)| *admitted == Admitted::No) {
            Some((kind, _)) => metered.meter.exceed_on_line(*kind, self.session.line),
            None => return !self.is_told(),
        }
        false
    }

    /// Before a file is opened for the script.
    pub(crate) fn admit_descriptor(&mut self) -> Flow<()> {
        let Some(metered) = &self.metered else { return Continue(()) };
        let count = self.session.descriptors.count() as u64 + 1;
        let admitted = metered.meter.compare(LimitKind::Descriptors, count);
        self.admitted(admitted, LimitKind::Descriptors)
    }

    /// Before a program is started.
    pub(crate) fn admit_program(&mut self) -> io::Result<()> {
        let Some(metered) = &self.metered else { return Ok(()) };
        let admitted = metered.meter.use_program();
        self.or_refuse(admitted, LimitKind::Programs, EAGAIN)
    }

    /// Before a part of the shell runs on another thread: what it counts with there.
    pub(crate) fn meter_for_thread(&mut self) -> io::Result<Option<Box<Metered>>> {
        let Some((metered, admitted)) = self.metered.as_ref().map(|metered| metered.for_thread()) else {
            return Ok(None);
        };
        self.or_refuse(admitted, LimitKind::VirtualProcesses, EAGAIN)?;
        Ok(Some(metered))
    }

    fn or_refuse(&mut self, admitted: Admitted, kind: LimitKind, errno: i32) -> io::Result<()> {
        match self.admitted(admitted, kind) {
            Continue(()) => Ok(()),
            Break(_) => Err(io::Error::from_raw_os_error(errno)),
        }
    }

    /// The limits of a program: those that `ulimit` has set, and no more computing than the run has left.
    pub(crate) fn limits_for_program(&self) -> Arc<Vec<(Resource, Limit)>> {
        let chosen = self.session.limits.clone();
        let Some(seconds) = self.meter().and_then(|meter| meter.seconds_left()) else { return chosen };
        let mut limits = Vec::clone(&chosen);
        let at = limits.iter().position(|(resource, _)| *resource == Resource::CpuTime);
        let of_script = at.map(|at| limits.swap_remove(at).1);
        let lower = |most: Option<u64>| Some(most.map_or(seconds, |most| most.min(seconds)));
        let limit = Limit {
            soft: lower(of_script.and_then(|limit| limit.soft)),
            hard: lower(of_script.and_then(|limit| limit.hard)),
        };
        limits.push((Resource::CpuTime, limit));
        Arc::new(limits)
    }

    /// The rest of a file, which is not to be longer than a text may be.
    pub fn read_whole(&mut self, file: &dyn bash_host::OpenFile) -> io::Result<Vec<u8>> {
        let text = bash_host::read_at_most(file, self.text_room(), &|| self.is_told());
        if text.as_ref().is_err_and(|error| error.raw_os_error() == Some(EFBIG)) && self.metered.is_some() {
            let _ = self.exceed::<()>(LimitKind::StringSize);
        }
        text
    }

    /// The bytes that words take, each with its place in a list.
    #[cold]
    pub(crate) fn admit_words(&mut self, words: &[Text]) -> Flow<()> {
        if self.metered.is_none() {
            return Continue(());
        }
        self.admit_entries(words.len())?;
        self.count_made(bytes_of(words))
    }
}

/// The bytes that words take.
pub(super) fn bytes_of(words: &[Text]) -> usize {
    words.iter().map(Text::with_place).sum()
}
