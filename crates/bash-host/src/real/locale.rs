//! Locales of the C library. Each is made once and never freed; asking it switches the calling thread to it and back,
//! which no other thread can see.

use super::RealHost;
use crate::{Locale, Locales};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::{Mutex, PoisonError};

/// `mbstate_t`, which is 8 bytes in glibc and musl alike; a zeroed one is the initial state.
#[repr(C, align(8))]
struct ShiftState([u8; 16]);

unsafe extern "C" {
    fn mbrtowc(wide: *mut libc::wchar_t, text: *const c_char, length: usize, state: *mut ShiftState)
    -> usize;
    fn wcrtomb(text: *mut c_char, wide: libc::wchar_t, state: *mut ShiftState) -> usize;
}

/// A locale that lives as long as the process.
struct SystemLocale {
    handle: libc::locale_t,
    codeset: Vec<u8>,
    decimal_point: Vec<u8>,
    thousands_separator: Vec<u8>,
}

// SAFETY: a locale is never changed or freed once `newlocale` has made it.
unsafe impl Send for SystemLocale {}
// SAFETY: as above.
unsafe impl Sync for SystemLocale {}

/// The locales that were asked for, by name.
type Known = HashMap<Vec<u8>, Option<&'static SystemLocale>>;

static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

impl Locales for RealHost {
    fn locale(&self, name: &[u8]) -> Option<&'static dyn Locale> {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_default();
        let found = known
            .entry(name.to_vec())
            .or_insert_with(|| SystemLocale::named(name).map(|locale| &*Box::leak(Box::new(locale))));
        found.map(|locale| locale as &dyn Locale)
    }
}

impl SystemLocale {
    fn named(name: &[u8]) -> Option<SystemLocale> {
        let name = CString::new(name).ok()?;
        // SAFETY: `name` ends in NUL, and a null base asks for a new locale.
        let handle = unsafe { libc::newlocale(libc::LC_ALL_MASK, name.as_ptr(), ptr::null_mut()) };
        if handle.is_null() {
            return None;
        }
        // Not `nl_langinfo_l`: in a statically linked C library 2.36 it was seen to speak of the thread's own locale.
        let fact = |item| {
            // SAFETY: the answer is a string that ends in NUL and belongs to the locale, which lives on.
            within(handle, || unsafe { CStr::from_ptr(libc::nl_langinfo(item)) }.to_bytes().to_vec())
        };
        Some(SystemLocale {
            handle,
            codeset: fact(libc::CODESET),
            decimal_point: fact(libc::RADIXCHAR),
            thousands_separator: fact(libc::THOUSEP),
        })
    }

    fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        within(self.handle, work)
    }
}

/// Does `work` while the calling thread has a locale, which is never freed.
fn within<T>(locale: libc::locale_t, work: impl FnOnce() -> T) -> T {
    // SAFETY: the locale is live; this changes the calling thread only.
    let before = unsafe { libc::uselocale(locale) };
    let result = work();
    // SAFETY: `before` is what the thread had a moment ago.
    unsafe { libc::uselocale(before) };
    result
}

impl Locale for SystemLocale {
    fn codeset(&self) -> &[u8] {
        &self.codeset
    }

    fn decimal_point(&self) -> &[u8] {
        &self.decimal_point
    }

    fn thousands_separator(&self) -> &[u8] {
        &self.thousands_separator
    }

    fn decode(&self, text: &[u8]) -> Option<(u32, usize)> {
        let mut wide = MaybeUninit::<libc::wchar_t>::zeroed();
        let mut state = ShiftState([0; 16]);
        let length = self.within(|| {
            // SAFETY: `text` is `text.len()` bytes long, and the other two point to room of their own.
            unsafe { mbrtowc(wide.as_mut_ptr(), text.as_ptr().cast(), text.len(), &raw mut state) }
        });
        // SAFETY: zeroed above, and any bytes are a number.
        let wide = unsafe { wide.assume_init() };
        // The two largest numbers mean an invalid and an unfinished character.
        (1..=text.len()).contains(&length).then(|| Some((u32::try_from(wide).ok()?, length)))?
    }

    fn encode(&self, code: u32) -> Option<Vec<u8>> {
        // MB_LEN_MAX is 16 at most.
        let mut bytes = [0_u8; 16];
        let mut state = ShiftState([0; 16]);
        let wide = libc::wchar_t::try_from(code).ok()?;
        let length = self.within(|| {
            // SAFETY: `bytes` has room for the longest character of any encoding.
            unsafe { wcrtomb(bytes.as_mut_ptr().cast(), wide, &raw mut state) }
        });
        bytes.get(..length).map(<[u8]>::to_vec)
    }

    fn compare(&self, left: &[u8], right: &[u8]) -> Ordering {
        let until_nul = |text: &[u8]| {
            let end = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
            CString::new(&text[..end]).unwrap_or_default()
        };
        let (left, right) = (until_nul(left), until_nul(right));
        // SAFETY: both end in NUL.
        self.within(|| unsafe { libc::strcoll(left.as_ptr(), right.as_ptr()) }).cmp(&0)
    }
}

impl std::fmt::Debug for SystemLocale {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SystemLocale").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_utf8_locale_decodes_encodes_and_has_a_point() {
        let host = RealHost::embedded();
        let Some(locale) = host.locale(b"C.UTF-8") else { return };
        assert_eq!(locale.codeset(), b"UTF-8");
        assert_eq!(locale.decode("éa".as_bytes()), Some((0xe9, 2)));
        assert_eq!(locale.decode(b"\xff"), None);
        assert_eq!(locale.encode(0x3b1).as_deref(), Some("α".as_bytes()));
        assert_eq!(locale.decimal_point(), b".");
        assert_eq!(locale.compare(b"a", b"B"), Ordering::Greater);
    }

    #[test]
    fn a_locale_that_does_not_exist_is_not_found() {
        assert!(RealHost::embedded().locale(b"xx_YY.none").is_none());
    }
}
