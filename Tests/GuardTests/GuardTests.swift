import Guard
import Testing
