// The whole page: who is not signed in sees the way in, who is sees what their key may do.
import { resuming, session, unresumed } from '../api/session.js';
import { Loading } from '../ui/states.js';
import { Frame } from './frame.js';
import { Resume } from './resume.js';
import { SignIn } from './sign-in.js';

export function App() {
  if (resuming.value) {
    return (
      <main class="sign-in">
        <Loading />
      </main>
    );
  }
  if (session.value !== undefined) return <Frame />;
  return unresumed.value === undefined ? <SignIn /> : <Resume problem={unresumed.value} />;
}
