export {
  type AddressChange,
  changeEmail,
  forgotPassword,
  type MailedProof,
  type PasswordReset,
  resetPassword,
  sendVerification,
  undoEmailChange,
  type Verification,
  verifyEmail,
} from './account.js';
