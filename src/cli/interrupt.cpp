// Signal handlers that only set flags or leave.
#include "cli/interrupt.hpp"

#include <atomic>
#include <csignal>

#include <unistd.h>

namespace deadair::cli {
namespace {

std::atomic<capture::PacketSource*> running = nullptr;
volatile std::sig_atomic_t received = 0;

void on_signal(int signal) {
  capture::PacketSource* const source = running.load();
  // Another one: the user does not want to wait. 128 + number, as shells report it.
  if (received != 0 || source == nullptr) _exit(128 + signal);
  received = 1;
  source->request_stop();
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: a read that waits for input must come back.
  sigaction(signal, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt(capture::PacketSource& source) {
  received = 0;
  running = &source;
  handle(SIGINT, on_signal);
  handle(SIGTERM, on_signal);
}

Interrupt::~Interrupt() {
  handle(SIGINT, SIG_DFL);
  handle(SIGTERM, SIG_DFL);
  running = nullptr;
}

bool Interrupt::came() { return received != 0; }

}  // namespace deadair::cli
