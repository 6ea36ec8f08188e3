/**
 * Modules that blocks of code import, and that are not installed here: what comes from them is not
 * checked. A phone is needed for most; packages/client/test/types checks what we take from them.
 */
declare module '@react-native-async-storage/async-storage';
declare module '@react-native-community/netinfo';
declare module 'expo-background-task';
declare module 'expo-crypto';
declare module 'expo-task-manager';
declare module 'react-native';
declare module 'react-native-keychain';

/** A module of the reader's own application. */
declare module '*/notes.module.js' {
  export class NotesModule {}
}
