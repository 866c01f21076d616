//! The memory of a short run. A prompt waits for the hook's process, which allocates some thousand small blocks and ends: they are
//! cut from one piece of zeroed memory of the program itself, so no system call and no page is spent on them that holds nothing.
//! What is large, or no longer fits, goes to the allocator behind it. It returns no memory to the system and wipes none: whoever
//! holds a value wipes it before it is freed.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// The piece, in bytes. Only the pages that are touched exist.
const SIZE: usize = 256 * 1024;
/// What every block is a multiple of, and aligned to.
const GRAIN: usize = 16;
/// The largest block that is kept for reuse when it is freed and is not the last one.
const SMALL: usize = 1024;

/// An allocator in front of another one.
pub(super) struct Arena<Behind> {
    behind: Behind,
    is_held: AtomicBool,
    state: UnsafeCell<State>,
    bytes: UnsafeCell<Bytes>,
}

#[repr(align(4096))]
struct Bytes(#[allow(dead_code, reason = "reached by its address alone")] [u8; SIZE]);

struct State {
    /// Where the next block starts.
    end: usize,
    /// From here on nothing was ever handed out, so all is zero.
    fresh: usize,
    /// For each size a list of freed blocks; each holds the address of the next.
    freed: [*mut u8; SMALL / GRAIN + 1],
}

// SAFETY: state and bytes are only reached while `is_held` is this thread's, except for the bytes of a block, which are its owner's.
#[allow(unsafe_code)]
unsafe impl<Behind: Sync> Sync for Arena<Behind> {}

/// The state, while it is this thread's.
struct Held<'a> {
    is_held: &'a AtomicBool,
    state: &'a mut State,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.is_held.store(false, Ordering::Release);
    }
}

impl<Behind> Arena<Behind> {
    #[allow(clippy::large_stack_arrays, reason = "it is the start of a static")]
    pub(super) const fn new(behind: Behind) -> Self {
        Self {
            behind,
            is_held: AtomicBool::new(false),
            state: UnsafeCell::new(State { end: 0, fresh: 0, freed: [ptr::null_mut(); SMALL / GRAIN + 1] }),
            bytes: UnsafeCell::new(Bytes([0; SIZE])),
        }
    }

    #[allow(unsafe_code, clippy::mut_from_ref)]
    fn hold(&self) -> Held<'_> {
        // what is done meanwhile takes a few instructions and allocates nothing, so nobody waits for long
        while self.is_held.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            std::hint::spin_loop();
        }
        // SAFETY: nobody else has the state until it is given back on drop.
        Held { is_held: &self.is_held, state: unsafe { &mut *self.state.get() } }
    }

    fn base(&self) -> *mut u8 {
        self.bytes.get().cast()
    }

    /// Where in the piece a block lies; `None` for one of the allocator behind.
    fn offset(&self, block: *mut u8) -> Option<usize> {
        let offset = block.addr().wrapping_sub(self.base().addr());
        (offset < SIZE).then_some(offset)
    }

    /// A block, and how many of its bytes may not be zero. Null: there is none here.
    #[allow(unsafe_code, clippy::cast_ptr_alignment, reason = "every block is aligned to GRAIN")]
    fn take(&self, layout: Layout) -> (*mut u8, usize) {
        let size = rounded(layout.size());
        if layout.align() > GRAIN || size > SIZE {
            return (ptr::null_mut(), 0);
        }
        let held = self.hold();
        let state = &mut *held.state;
        if size <= SMALL && !state.freed[size / GRAIN].is_null() {
            let block = state.freed[size / GRAIN];
            // SAFETY: a freed block is one of ours, aligned, nobody's, and its first bytes hold the next address, written by `give`.
            state.freed[size / GRAIN] = unsafe { block.cast::<*mut u8>().read() };
            return (block, size);
        }
        let start = state.end;
        if size > SIZE - start {
            return (ptr::null_mut(), 0);
        }
        state.end = start + size;
        let used = state.fresh.saturating_sub(start).min(size);
        state.fresh = state.fresh.max(state.end);
        // SAFETY: `start + size` is at most SIZE, so the block lies in the piece.
        (unsafe { self.base().add(start) }, used)
    }

    #[allow(unsafe_code, clippy::cast_ptr_alignment, reason = "every block is aligned to GRAIN")]
    fn give(&self, block: *mut u8, offset: usize, size: usize) {
        let held = self.hold();
        let state = &mut *held.state;
        if offset + size == state.end {
            state.end = offset;
        } else if size <= SMALL {
            // SAFETY: the block is at least GRAIN bytes, aligned, and its owner gave it back.
            unsafe { block.cast::<*mut u8>().write(state.freed[size / GRAIN]) };
            state.freed[size / GRAIN] = block;
        }
    }

    /// Whether the block could be made this large where it is.
    fn stretch(&self, offset: usize, size: usize, new: usize) -> bool {
        if size == new {
            return true;
        }
        let held = self.hold();
        let state = &mut *held.state;
        let is_last = offset + size == state.end && new <= SIZE - offset;
        if is_last {
            state.end = offset + new;
            state.fresh = state.fresh.max(state.end);
        }
        is_last
    }
}

fn rounded(size: usize) -> usize {
    size.max(1).next_multiple_of(GRAIN)
}

// SAFETY: every block is given to one owner at a time, is as large and as aligned as was asked, and stays where it is; what is not
// ours is handed to the allocator behind, which keeps the same promises.
#[allow(unsafe_code)]
unsafe impl<Behind: GlobalAlloc> GlobalAlloc for Arena<Behind> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (block, _) = self.take(layout);
        // SAFETY: the caller's promises about the layout are passed on.
        if block.is_null() { unsafe { self.behind.alloc(layout) } } else { block }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (block, used) = self.take(layout);
        if block.is_null() {
            // SAFETY: the caller's promises about the layout are passed on.
            return unsafe { self.behind.alloc_zeroed(layout) };
        }
        // SAFETY: `used` is at most the size of the block.
        unsafe { block.write_bytes(0, used) };
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match self.offset(block) {
            Some(offset) => self.give(block, offset, rounded(layout.size())),
            // SAFETY: what is not ours came from the allocator behind, with this layout.
            None => unsafe { self.behind.dealloc(block, layout) },
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Some(offset) = self.offset(block) else {
            // SAFETY: what is not ours came from the allocator behind, with this layout.
            return unsafe { self.behind.realloc(block, layout, size) };
        };
        if self.stretch(offset, rounded(layout.size()), rounded(size)) {
            return block;
        }
        // SAFETY: the caller promises that `size`, rounded up to the alignment, does not overflow.
        let grown = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: both blocks are at least as long as what is copied, and the new one is not the old one, which is still taken.
        unsafe {
            let new = self.alloc(grown);
            if !new.is_null() {
                ptr::copy_nonoverlapping(block, new, layout.size().min(size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}

#[cfg(test)]
mod tests {
    use std::alloc::System;

    use super::*;

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).expect("a layout")
    }

    fn arena() -> Box<Arena<System>> {
        Box::new(Arena::new(System))
    }

    #[test]
    #[allow(unsafe_code)]
    fn blocks_lie_apart_keep_what_is_in_them_and_move_whole() {
        let arena = arena();
        let mut state = 1_u32;
        let mut blocks: Vec<(*mut u8, usize, u8)> = Vec::new();
        for round in 0..20_000_u32 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let size = 1 + (state >> 8) as usize % if round % 50 == 0 { 40_000 } else { 600 };
            let mark = (state >> 24) as u8;
            match state % 4 {
                0 | 1 if blocks.len() < 200 => {
                    let is_zeroed = state & 64 != 0;
                    // SAFETY: the layout has a size.
                    let block = unsafe { if is_zeroed { arena.alloc_zeroed(layout(size)) } else { arena.alloc(layout(size)) } };
                    assert!(!block.is_null() && block.addr().is_multiple_of(8));
                    // SAFETY: the block is `size` bytes long, and zeroed where that was asked for.
                    unsafe {
                        assert!(!is_zeroed || (0..size).all(|n| *block.add(n) == 0));
                        block.write_bytes(mark, size);
                    }
                    blocks.push((block, size, mark));
                }
                _ if blocks.is_empty() => {}
                2 => {
                    let at = (state >> 4) as usize % blocks.len();
                    let (block, old, mark) = blocks[at];
                    // SAFETY: the block is one of the arena's, with this layout.
                    let moved = unsafe { arena.realloc(block, layout(old), size) };
                    // SAFETY: the first bytes of a moved block are those of the old one.
                    unsafe {
                        assert!((0..old.min(size)).all(|n| *moved.add(n) == mark));
                        moved.write_bytes(mark, size);
                    }
                    blocks[at] = (moved, size, mark);
                }
                _ => {
                    let (block, size, mark) = blocks.swap_remove((state >> 4) as usize % blocks.len());
                    // SAFETY: the block is `size` bytes long and given back once.
                    unsafe {
                        assert!((0..size).all(|n| *block.add(n) == mark));
                        arena.dealloc(block, layout(size));
                    }
                }
            }
        }
        for (block, size, _) in blocks {
            // SAFETY: given back once, with its layout.
            unsafe { arena.dealloc(block, layout(size)) };
        }
    }

    #[test]
    #[allow(unsafe_code)]
    fn what_is_large_or_strangely_aligned_comes_from_behind() {
        let arena = arena();
        let strange = Layout::from_size_align(64, 64).expect("a layout");
        for layout in [layout(SIZE + 1), strange] {
            // SAFETY: the layout has a size, and the block is given back once.
            unsafe {
                let block = arena.alloc(layout);
                assert!(arena.offset(block).is_none() && block.addr().is_multiple_of(layout.align()));
                arena.dealloc(block, layout);
            }
        }
    }

    #[test]
    #[allow(unsafe_code)]
    fn the_last_block_grows_where_it_is_and_leaves_nothing_behind() {
        let arena = arena();
        // SAFETY: the blocks are used with their own layouts and given back once.
        unsafe {
            let first = arena.alloc(layout(100));
            let grown = arena.realloc(first, layout(100), 5000);
            assert_eq!(first, grown);
            arena.dealloc(grown, layout(5000));
            assert_eq!(arena.alloc(layout(16)), first);
        }
    }

    #[test]
    #[allow(unsafe_code)]
    fn threads_get_blocks_of_their_own() {
        let arena = arena();
        std::thread::scope(|scope| {
            for mark in 0..4_u8 {
                let arena = &*arena;
                scope.spawn(move || {
                    for round in 0..2000 {
                        let layout = layout(1 + round % 300);
                        // SAFETY: the block is as long as its layout says and given back once.
                        unsafe {
                            let block = arena.alloc(layout);
                            block.write_bytes(mark, layout.size());
                            assert!((0..layout.size()).all(|n| *block.add(n) == mark));
                            arena.dealloc(block, layout);
                        }
                    }
                });
            }
        });
    }
}
